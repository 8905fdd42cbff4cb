-- How wrong the machine is that reads moods, on texts that people have rated.
select
  replace(corpus, '_', ' ') as corpus, language, mood, n,
  to_char(100 * sensitivity, 'FM990') || ' % (' || to_char(100 * sensitivity_low, 'FM990') || ' to ' || to_char(100 * sensitivity_high, 'FM990') || ')' as found_text,
  to_char(100 * specificity, 'FM990') || ' % (' || to_char(100 * specificity_low, 'FM990') || ' to ' || to_char(100 * specificity_high, 'FM990') || ')' as spared_text,
  to_char(macro_f1, 'FM0.00') as macro_f1_text,
  coalesce(replace(used_for, '_', ' '), 'nothing') as mends
from marts_cx.voice_text_error
