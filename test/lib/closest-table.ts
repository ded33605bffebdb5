/** The closest of some texts. */
export const CLOSEST: readonly (readonly [title: string, wanted: string, texts: string[], found: string[]])[] = [
  ['finds a mistyped text', 'elt-prod', ['billing', 'ETL-prod', 'reports'], ['ETL-prod']],
  ['finds a text that contains the wanted one', 'etl', ['nightly-etl-prod', 'billing'], ['nightly-etl-prod']],
  ['finds a text that the wanted one contains', 'nightly-etl-prod', ['billing', 'etl'], ['etl']],
  ['prefers a near text to one that contains it', 'etl', ['the-etl-of-2025', 'etl2'], ['etl2', 'the-etl-of-2025']],
  ['ignores a text that shares less than half', 'abcd', ['axyz', 'abxy', 'abcx'], ['abcx', 'abxy']],
  ['offers nothing if more than half of the letters differ', 'abcde', ['abxyz'], []],
  ['ignores a text that contains two letters', 'ab', ['abcdefgh'], []],
  ['ignores two letters that the wanted text contains', 'abcdefgh', ['ab'], []],
  ['returns three at most', 'etl', ['etl1', 'etl2', 'etl3', 'etl4'], ['etl1', 'etl2', 'etl3']],
  ['finds an empty text only by an empty one', '', ['a', ''], ['']],
]
