{#-
    One macro an estimator. Each gives, from additive parts, the value shown, the centre and the low and high of its 95 % interval as SQL.
    The centre is what changes are measured from: the value itself, or the adjusted score where the interval is not built on the value.
-#}
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

{#- Mean with the normal interval; no interval below two cases. -#}
{% macro mean(total, total_squared, den) -%}
    {%- set value = "(" ~ total ~ " / nullif(" ~ den ~ ", 0))" -%}
    {%- set variance = "(greatest(" ~ total_squared ~ " - " ~ total ~ " * " ~ value ~ ", 0) / nullif(" ~ den ~ " - 1, 0))" -%}
    {%- set half = "(" ~ z() ~ " * sqrt(" ~ variance ~ " / nullif(" ~ den ~ ", 0)))" -%}
    {{ return({
        'value': value,
        'centre': value,
        'low': "(" ~ value ~ " - " ~ half ~ ")",
        'high': "(" ~ value ~ " + " ~ half ~ ")",
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

{#-
    Ranks of the order-statistic interval of a quantile among `n` cases (normal approximation, rounded outwards). A low rank below 1 or a
    high rank above n means that so few cases bound the quantile on one side only.
-#}
{% macro quantile_order_ranks(quantile, n) -%}
    {%- set half = "(" ~ z() ~ " * sqrt(" ~ n ~ " * " ~ quantile ~ " * (1 - " ~ quantile ~ ")))" -%}
    {{ return({
        'position': "(1 + (" ~ n ~ " - 1) * " ~ quantile ~ ")",
        'low': "cast(floor(" ~ n ~ " * " ~ quantile ~ " - " ~ half ~ ") as bigint)",
        'high': "cast(ceiling(" ~ n ~ " * " ~ quantile ~ " + " ~ half ~ ") as bigint) + 1",
    }) }}
{%- endmacro %}

{#- Two-sided p of a standard normal statistic (Abramowitz and Stegun 26.2.17, error below 1e-7): no engine's own function is needed. -#}
{% macro two_sided_p(statistic) -%}
    {%- set t = "(1.0 / (1.0 + 0.2316419 * abs(" ~ statistic ~ ")))" -%}
    (2 * 0.3989422804014327 * exp(-least({{ statistic }} * {{ statistic }}, 1400) / 2) * {{ t }} * (0.319381530 + {{ t }} * (-0.356563782
        + {{ t }} * (1.781477937 + {{ t }} * (-1.821255978 + {{ t }} * 1.330274429)))))
{%- endmacro %}
