-- Numbers of several metrics that are read together, in lists: the last complete quarter of all customers, as metric_reading shows them.
with listed (list, place, group_title, metric) as (
  values
  ('word of mouth', 1, 'What visitors show', 'wom_coefficient'),
  ('word of mouth', 2, 'What the books show', 'earned_growth_rate'),
  ('word of mouth', 3, 'What customers do', 'say_do'),
  ('word of mouth', 4, 'What customers do', 'referral_rate'),
  ('word of mouth', 5, 'What customers do', 'referral_conversion'),
  ('word of mouth', 6, 'What we notice', 'referral_capture'),
  ('reasons of sales', 1, 'Why sales are won or lost', 'deal_reason_price'),
  ('reasons of sales', 2, 'Why sales are won or lost', 'deal_reason_quality'),
  ('reasons of sales', 3, 'Why sales are won or lost', 'deal_reason_service'),
  ('reasons of sales', 4, 'Why sales are won or lost', 'deal_reason_other'),
  ('reasons of sales', 5, 'Why sales are won or lost', 'deal_reason_unknown'),
  ('reasons of sales', 6, 'Against others', 'competitor_named_losses'),
  ('reasons of sales', 7, 'Against others', 'would_miss'),
  ('reasons of leaving', 1, 'Five shares that add up to one', 'leave_reason_price'),
  ('reasons of leaving', 2, 'Five shares that add up to one', 'leave_reason_quality'),
  ('reasons of leaving', 3, 'Five shares that add up to one', 'leave_reason_service'),
  ('reasons of leaving', 4, 'Five shares that add up to one', 'leave_reason_other'),
  ('reasons of leaving', 5, 'Five shares that add up to one', 'leave_reason_unknown'),
  ('parting', 1, 'Time', 'cancel_to_confirm_median'),
  ('parting', 2, 'Time', 'cancel_to_confirm_p90'),
  ('parting', 3, 'Correctness', 'export_on_time'),
  ('parting', 4, 'Correctness', 'final_invoice_errors'),
  ('parting', 5, 'Manners', 'post_notice_contacts_kept'),
  ('parting', 6, 'Manners', 'exit_csat'),
  ('orders', 1, 'Delivered to us and by us', 'partner_otif'),
  ('orders', 2, 'Delivered to us and by us', 'order_otif'),
  ('orders', 3, 'When it went wrong', 'partner_dispute_rate'),
  ('orders', 4, 'When it went wrong', 'dispute_days_median')
)
select
  l.list,
  cast(l.place as bigint) as position,
  case when l.group_title is distinct from lag(l.group_title) over (partition by l.list order by l.place) then l.group_title end as group_title,
  r.title as name,
  cast(null as text) as note,
  cast(null as text) as flag_text,
  cast(null as text) as flag,
  r.state, r.value_text, r.interval_text, r.n_text, r.coverage_text, r.target_text, r.change_text, r.change_class, r.value_at, r.low_at,
  r.interval_width, r.target_at, r.zero_at, r.period_label, r.missing_text, r.suppressed_reason, r.low_precision
from listed as l
cross join lateral (
  select * from {{ metric_reading }} as every_cell where every_cell.metric = l.metric and every_cell.is_quarter offset 0
) as r
