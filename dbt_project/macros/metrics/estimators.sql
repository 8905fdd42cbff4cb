{#-
    One macro an estimator. Each gives, from additive parts, the value shown, the centre and the low and high of its 95 % interval as SQL.
    The centre is what changes are measured from: the value itself, or the adjusted score where the interval is not built on the value.
-#}
{#- What an estimator's interval is called where a value stands. -#}
{% macro interval_methods() -%}
    {{ return({
        'wilson': 'Wilson 95 %',
        'nps_adjusted_wald': 'adjusted Wald 95 %',
        'mean': 'normal 95 %',
        'ratio': 'linearised ratio 95 %',
        'count': 'Poisson 95 %',
        'quantile_order': 'order statistics 95 %',
        'km': 'Kaplan-Meier 95 %',
        'km_share': 'Kaplan-Meier 95 %',
    }) }}
{%- endmacro %}

{% macro z() -%}1.959963984540054{%- endmacro %}

{#- Wilson's score interval of a share `num / den`. -#}
{% macro wilson(num, den) -%}
    {%- set p = "(cast(" ~ num ~ " as " ~ dbt.type_float() ~ ") / nullif(" ~ den ~ ", 0))" -%}
    {%- set z2n = "(" ~ z() ~ " * " ~ z() ~ " / nullif(" ~ den ~ ", 0))" -%}
    {%- set mid = "((" ~ p ~ " + " ~ z2n ~ " / 2) / (1 + " ~ z2n ~ "))" -%}
    {%- set half = "(" ~ z() ~ " / (1 + " ~ z2n ~ ") * sqrt((" ~ p ~ " * (1 - " ~ p ~ ") + " ~ z2n ~ " / 4) / nullif(" ~ den ~ ", 0)))" -%}
    {{ return({
        'value': p,
        'centre': p,
        'low': "case when " ~ num ~ " = 0 then 0 else " ~ mid ~ " - " ~ half ~ " end",
        'high': "case when " ~ num ~ " = " ~ den ~ " then 1 else " ~ mid ~ " + " ~ half ~ " end",
    }) }}
{%- endmacro %}

{#- Net promoter score with the adjusted Wald interval: three quarters of an answer is added to promoters and detractors each, three to n. -#}
{% macro nps_adjusted_wald(promoters, detractors, den) -%}
    {%- set n = "(" ~ den ~ " + 3.0)" -%}
    {%- set p = "((" ~ promoters ~ " + 0.75) / " ~ n ~ ")" -%}
    {%- set d = "((" ~ detractors ~ " + 0.75) / " ~ n ~ ")" -%}
    {%- set centre = "cast(100.0 * (" ~ p ~ " - " ~ d ~ ") as " ~ dbt.type_float() ~ ")" -%}
    {%- set half = "cast(100.0 * " ~ z() ~ " * sqrt(cast((" ~ p ~ " + " ~ d ~ " - (" ~ p ~ " - " ~ d ~ ") * (" ~ p ~ " - " ~ d ~ ")) / " ~ n
        ~ " as " ~ dbt.type_float() ~ ")) as " ~ dbt.type_float() ~ ")" -%}
    {{ return({
        'value': "cast(100.0 * (" ~ promoters ~ " - " ~ detractors ~ ") / nullif(" ~ den ~ ", 0) as " ~ dbt.type_float() ~ ")",
        'centre': centre,
        'low': "(" ~ centre ~ " - " ~ half ~ ")",
        'high': "(" ~ centre ~ " + " ~ half ~ ")",
    }) }}
{%- endmacro %}

{#-
    Mean with the normal interval; no interval below two cases. `den` cases tell as much as that many independent ones, `n` is how many
    there are.
-#}
{% macro mean(total, total_squared, den, n) -%}
    {%- set value = "(" ~ total ~ " / nullif(" ~ den ~ ", 0))" -%}
    {%- set variance = "(greatest(" ~ total_squared ~ " / nullif(" ~ den ~ ", 0) - " ~ value ~ " * " ~ value ~ ", 0) * " ~ n ~ " / nullif(" ~ n ~ " - 1, 0))" -%}
    {%- set half = "(" ~ z() ~ " * sqrt(" ~ variance ~ " / nullif(" ~ den ~ ", 0)))" -%}
    {{ return({
        'value': value,
        'centre': value,
        'low': "(" ~ value ~ " - " ~ half ~ ")",
        'high': "(" ~ value ~ " + " ~ half ~ ")",
    }) }}
{%- endmacro %}

{#-
    A ratio of two sums, `total / base`, with the interval of its linearisation (Taylor): the variance of the residuals y - R x, none below
    two cases (`n`). Cochran, Sampling Techniques (1977), ch. 6.
-#}
{% macro ratio(total, total_squared, base, base_squared, cross_product, n) -%}
    {%- set value = "(" ~ total ~ " / nullif(" ~ base ~ ", 0))" -%}
    {%- set squares = "greatest(" ~ total_squared ~ " - 2 * " ~ value ~ " * " ~ cross_product ~ " + " ~ value ~ " * " ~ value ~ " * " ~ base_squared ~ ", 0)" -%}
    {%- set half = "(" ~ z() ~ " * sqrt(cast(" ~ n ~ " as " ~ dbt.type_float() ~ ") / nullif(" ~ n ~ " - 1, 0) * " ~ squares ~ ") / nullif(abs(" ~ base ~ "), 0))" -%}
    {{ return({
        'value': value,
        'centre': value,
        'low': "(" ~ value ~ " - " ~ half ~ ")",
        'high': "(" ~ value ~ " + " ~ half ~ ")",
    }) }}
{%- endmacro %}

{#-
    Bounds of a Kaplan-Meier curve at one time, from the logarithm of the curve and Greenwood's sum, on the scale log(-log S), so that they
    stay between 0 and 1 (Kalbfleisch and Prentice 1980). No bound above a curve that has come to 0, none below one that has not begun to fall.
-#}
{% macro km_bounds(log_survival, greenwood) -%}
    {%- set falls = log_survival ~ " < 0 and " ~ log_survival ~ " > -99" -%}
    {%- set root = "(" ~ z() ~ " * sqrt(" ~ greenwood ~ ") / -nullif(" ~ log_survival ~ ", 0))" -%}
    {{ return({
        'survival': "case when " ~ log_survival ~ " > -99 then exp(" ~ log_survival ~ ") else 0.0 end",
        'low': "case when " ~ falls ~ " then exp(greatest(-99, " ~ log_survival ~ " * exp(least(" ~ root ~ ", 99)))) when " ~ log_survival ~ " = 0 then 1.0 else 0.0 end",
        'high': "case when " ~ falls ~ " then exp(" ~ log_survival ~ " * exp(-least(" ~ root ~ ", 99))) when " ~ log_survival ~ " = 0 then 1.0 end",
    }) }}
{%- endmacro %}

{#-
    A count with the score interval of a Poisson variable: how far a count of this size moves by chance alone. It is the least that two
    periods must differ; counts of things that come in bursts move more.
-#}
{% macro count_poisson(num) -%}
    {%- set mid = "(" ~ num ~ " + " ~ z() ~ " * " ~ z() ~ " / 2)" -%}
    {%- set half = "(" ~ z() ~ " * sqrt(" ~ num ~ " + " ~ z() ~ " * " ~ z() ~ " / 4))" -%}
    {{ return({
        'value': "cast(" ~ num ~ " as " ~ dbt.type_float() ~ ")",
        'centre': "cast(" ~ num ~ " as " ~ dbt.type_float() ~ ")",
        'low': "(" ~ mid ~ " - " ~ half ~ ")",
        'high': "(" ~ mid ~ " + " ~ half ~ ")",
    }) }}
{%- endmacro %}

{#- Where a quantile stands among `n` values in ascending order, from 1; between two values by interpolation. -#}
{% macro quantile_position(quantile, n) -%}
    (1 + ({{ n }} - 1) * {{ quantile }})
{%- endmacro %}

{#-
    The bucket of a measure from 0 up on the fixed logarithmic scale of histograms, twenty to a factor of e; and what a bucket stands for: its
    ends, or the middle of them on that scale (`place` 0, 1 or 0.5).
-#}
{% macro histogram_bucket(measure) -%}
    floor(20 * ln(1 + {{ measure }}))
{%- endmacro %}

{% macro histogram_measure(bucket, place) -%}
    (exp((cast({{ bucket }} as {{ dbt.type_float() }}) + {{ place }}) / 20.0) - 1)
{%- endmacro %}

{#-
    Ranks of the order-statistic interval of a quantile among `n` cases (normal approximation, rounded outwards), wider by a design effect
    (Woodruff 1952). A low rank below 1 or a high rank above n means that so few cases bound the quantile on one side only.
-#}
{% macro quantile_order_ranks(quantile, n, design_effect) -%}
    {%- set half = "(" ~ z() ~ " * sqrt(" ~ n ~ " * " ~ design_effect ~ " * " ~ quantile ~ " * (1 - " ~ quantile ~ ")))" -%}
    {{ return({
        'low': "cast(floor(" ~ n ~ " * " ~ quantile ~ " - " ~ half ~ ") as bigint)",
        'high': "cast(ceiling(" ~ n ~ " * " ~ quantile ~ " + " ~ half ~ ") as bigint) + 1",
    }) }}
{%- endmacro %}

{#- Kish's effective number of cases whose weights differ (Kish, Survey Sampling, 1965): (sum of w) squared over the sum of w squared. -#}
{% macro kish(weight, weight_squared) -%}
    ({{ weight }} * {{ weight }} / nullif({{ weight_squared }}, 0))
{%- endmacro %}

{#-
    How much less cases tell than as many independent ones, where several come from one account: the design effect of the sums of residuals
    e = y - R x by cluster, G (n - 1) / ((G - 1) n) * sum_g (sum e)^2 / sum e^2 (linearisation with the usual factor for few clusters;
    Kish 1965, Cochran 1977). Never below 1; exactly 1 when every case is its own cluster; n when all are one.
    `yy`, `yx`, `xx` are sums of products of the cases, `cluster_yy` … of the clusters' sums.
-#}
{% macro design_effect(n, clusters, ratio, yy, yx, xx, cluster_yy, cluster_yx, cluster_xx) -%}
    {%- set cases = "(" ~ yy ~ " - 2 * " ~ ratio ~ " * " ~ yx ~ " + " ~ ratio ~ " * " ~ ratio ~ " * " ~ xx ~ ")" -%}
    {%- set between = "(" ~ cluster_yy ~ " - 2 * " ~ ratio ~ " * " ~ cluster_yx ~ " + " ~ ratio ~ " * " ~ ratio ~ " * " ~ cluster_xx ~ ")" -%}
    {#- alike in everything: nothing to see of an effect, and rounding must not make one of it -#}
    cast(case
        when {{ clusters }} = {{ n }} then 1
        when {{ clusters }} = 1 then {{ n }}
        when {{ cases }} <= 0.000000001 * {{ yy }} then 1
        else least({{ n }}, greatest(1, {{ clusters }} * ({{ n }} - 1.0) / (({{ clusters }} - 1.0) * {{ n }}) * {{ between }} / {{ cases }}))
    end as {{ dbt.type_float() }})
{%- endmacro %}

{#- Two-sided p of a standard normal statistic (Abramowitz and Stegun 26.2.17, error below 1e-7): no engine's own function is needed. -#}
{% macro two_sided_p(statistic) -%}
    {%- set t = "(1.0 / (1.0 + 0.2316419 * abs(" ~ statistic ~ ")))" -%}
    (2 * 0.3989422804014327 * exp(-least({{ statistic }} * {{ statistic }}, 1400) / 2) * {{ t }} * (0.319381530 + {{ t }} * (-0.356563782
        + {{ t }} * (1.781477937 + {{ t }} * (-1.821255978 + {{ t }} * 1.330274429)))))
{%- endmacro %}

{#-
    Value and interval of scores `y` of one estimator each, from their sum, their sum of squares and their number: 0 or 1 for `wilson`; -1, 0
    or 1 for `nps_adjusted_wald`, clipped to its scale. `estimator` is the column that says which.
-#}
{% macro interval_of_scores(estimator, total, squares, den) -%}
    {%- set share = wilson(total, den) -%}
    {%- set nps = nps_adjusted_wald("((" ~ squares ~ " + " ~ total ~ ") / 2)", "((" ~ squares ~ " - " ~ total ~ ") / 2)", den) -%}
    {%- set found = {} -%}
    {%- for part in ['value', 'centre', 'low', 'high'] -%}
        {%- set points = {'low': "greatest(-100.0, " ~ nps.low ~ ")", 'high': "least(100.0, " ~ nps.high ~ ")"}.get(part, nps[part]) -%}
        {%- set _ = found.update({part: "cast(case " ~ estimator ~ " when 'wilson' then " ~ share[part] ~ " else " ~ points ~ " end as " ~ dbt.type_float() ~ ")"}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#-
    Between which a value must lie, whatever those think who did not answer: all of them at one end of the scale, or all at the other
    (C. F. Manski, Partial Identification of Probability Distributions, 2003). `rate` is the share that answered.
-#}
{% macro no_assumption_bounds(value, rate, least, most) -%}
    {{ return({
        'low': "(" ~ rate ~ " * " ~ value ~ " + (1 - " ~ rate ~ ") * " ~ least ~ ")",
        'high': "(" ~ rate ~ " * " ~ value ~ " + (1 - " ~ rate ~ ") * " ~ most ~ ")",
    }) }}
{%- endmacro %}

{#- Difference of two values that each have an interval (Newcombe 1998: squares of the half widths that face each other are added). -#}
{% macro difference_of(one, other) -%}
    {%- set change = "(" ~ one.centre ~ " - " ~ other.centre ~ ")" -%}
    {%- set below = "power(" ~ one.centre ~ " - " ~ one.low ~ ", 2) + power(" ~ other.high ~ " - " ~ other.centre ~ ", 2)" -%}
    {%- set above = "power(" ~ one.high ~ " - " ~ one.centre ~ ", 2) + power(" ~ other.centre ~ " - " ~ other.low ~ ", 2)" -%}
    {{ return({'value': change, 'low': "(" ~ change ~ " - sqrt(" ~ below ~ "))", 'high': "(" ~ change ~ " + sqrt(" ~ above ~ "))"}) }}
{%- endmacro %}

{#- Standardised difference of two shares: in units of the mean of their standard deviations. -#}
{% macro standardised_difference(one, other) -%}
    (({{ one }} - {{ other }}) / nullif(sqrt(({{ one }} * (1 - {{ one }}) + {{ other }} * (1 - {{ other }})) / 2), 0))
{%- endmacro %}

{#-
    How far the interval of a difference of two independent estimates reaches to one side: the halves of the two intervals on the sides that
    move the difference there, put together as squares (Newcombe 1998, method 10, for shares; the same for the others).
-#}
{% macro combined_half(first, first_end, second, second_end) -%}
    sqrt(({{ first }} - {{ first_end }}) * ({{ first }} - {{ first_end }}) + ({{ second_end }} - {{ second }}) * ({{ second_end }} - {{ second }}))
{%- endmacro %}

{#- The test of such a difference, read off its interval: the difference over the half that faces zero, in standard errors. -#}
{% macro difference_statistic(difference, below, above) -%}
    {{ z() }} * {{ difference }} / nullif(case when {{ difference }} >= 0 then {{ below }} else {{ above }} end, 0)
{%- endmacro %}

{#-
    The middle of a series and how far its limits reach to each side: 2.66 mean moving ranges (XmR chart; Wheeler and Chambers,
    Understanding Statistical Process Control, 1992). `step` is the difference to the value before.
-#}
{% macro xmr_limits(value, step) -%}
    {{ return({'centre': "avg(" ~ value ~ ")", 'reach': "2.66 * avg(abs(" ~ step ~ "))"}) }}
{%- endmacro %}

{#-
    Whether a test of a family stands: Benjamini and Hochberg (1995) at q = 0.10 over the `tests` of the family with `p_value` and its rank
    `p_rank`, and beyond 1.96 standard errors by itself.
-#}
{% macro is_discovery(family) -%}
    coalesce(p_rank <= max(case when p_value <= 0.10 * p_rank / nullif(tests, 0) then p_rank end) over (partition by {{ family }}), false)
        and abs(statistic) >= {{ z() }}
{%- endmacro %}
