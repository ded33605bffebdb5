/** What is found among these texts. */
export const CLOSEST: readonly (readonly [title: string, wanted: string, texts: string[], found: string[]])[] = [
  ['find a mistyped text', 'elt-prod', ['billing', 'ETL-prod', 'reports'], ['ETL-prod']],
  ['find a text that contains the wanted one', 'etl', ['nightly-etl-prod', 'billing'], ['nightly-etl-prod']],
  ['find a text that the wanted one contains', 'nightly-etl-prod', ['billing', 'etl'], ['etl']],
  ['prefer a near text to one that contains it', 'etl', ['the-etl-of-2025', 'etl2'], ['etl2', 'the-etl-of-2025']],
  ['prefer a shared half to nothing more', 'abcd', ['axyz', 'abxy', 'abcx'], ['abcx', 'abxy']],
  ['ignore a text that contains two letters', 'ab', ['abcdefgh'], []],
  ['ignore two letters that the wanted text contains', 'abcdefgh', ['ab'], []],
  ['return three at most', 'etl', ['etl1', 'etl2', 'etl3', 'etl4'], ['etl1', 'etl2', 'etl3']],
  ['find an empty text only by an empty one', '', ['a', ''], ['']],
]
