/** Texts, and the most columns that a terminal takes for them. */
export const GREATEST_WIDTHS: readonly (readonly [text: string, width: number])[] = [
  ['plain', 5],
  ['Zu\u0308rich', 6],
  ['本番', 4],
  ['❤\uFE0F', 2],
  ['👩\u200D👩\u200D👧', 8],
  ['👍🏽', 4],
  ['กำ', 2],
]

/** Texts, columns, and what fits in these. */
export const TRUNCATED: readonly (readonly [title: string, text: string, columns: number, truncated: string])[] = [
  ['leaves a text that fits', 'nightly', 7, 'nightly'],
  ['ends a text that does not fit with an ellipsis', 'nightly', 6, 'night…'],
  ['counts wide characters as two columns', '本番環境', 8, '本番環境'],
  ['leaves a column free if half a wide character would fit', '本番環境', 6, '本番…'],
  ['keeps accents with their letter', 'Zu\u0308rich', 3, 'Zu\u0308…'],
  ['keeps an emoji of several parts whole', '👩\u200D👩\u200D👧👩\u200D👩\u200D👧', 3, '👩\u200D👩\u200D👧…'],
  ['cuts an emoji of several parts as one', 'a👩\u200D👩\u200D👧b', 3, 'a…'],
  ['puts the ellipsis at the end of text from right to left', 'مرحبا بالعالم', 6, 'مرحبا…'],
  ['removes spaces before the ellipsis', 'load all', 6, 'load…'],
  ['removes spaces before the ellipsis of wide text, and keeps those at its start', ' 本 番環', 5, ' 本…'],
  ['returns only the ellipsis for one column', 'nightly', 1, '…'],
  ['returns nothing for no columns', 'nightly', 0, ''],
  ['leaves characters that take no columns', '\u0301', 0, '\u0301'],
]

/** Pieces of text that take no, one or two columns, combine, or run from right to left. */
export const PIECES: readonly string[] = [
  '本番',
  '한국어',
  '\u1112\u1161\u11AB',
  'ｶﾞ',
  'Zu\u0308rich',
  '\u0301',
  'Z\u0351\u036B\u0343algo',
  'हिन्दी',
  'กำลัง',
  'مرحبا',
  'שלום',
  'می\u200Cخواهم',
  '👩\u200D👩\u200D👧',
  '🇩🇪',
  '❤\uFE0F',
  '👍🏽',
  '1\uFE0F\u20E3',
  '👩',
  'ﬀ',
  '…',
  ' ',
  'nightly-load',
]
