-- R50: a reader is told why a claim does not match, is not testable, or matches with a caveat.
select
    published_figure_key,
    verdict,
    reason
from {{ ref('fct_published_figure') }}
where (verdict = 'MATCH') <> (reason is null)
