/** Rows, and their text as CSV. */
type Case = readonly [title: string, rows: readonly (readonly string[])[], text: string]

export const CSV_TEXTS: readonly Case[] = [
  [
    'ends each line with CRLF',
    [
      ['ID', 'CREATED BY'],
      ['a', ' b ; c '],
    ],
    'ID,CREATED BY\r\na, b ; c \r\n',
  ],
  ['quotes commas and quotes', [['a,b', 'say "hi"', "it's"]], `"a,b","say ""hi""",it's\r\n`],
  ['is empty without rows', [], ''],
  ['writes no empty line for a row with one empty cell', [[''], ['a']], '""\r\na\r\n'],
  ['disarms =, + and -', [['=1+1', '+1', '-1']], "'=1+1,'+1,'-1\r\n"],
  ['disarms @', [['@SUM(A1)']], "'@SUM(A1)\r\n"],
  ['disarms a tab and a carriage return', [['\tx', '\rx']], "' x,' x\r\n"],
  ['disarms = after spaces', [['  =1']], "'  =1\r\n"],
  ['disarms = after a line break', [['\n=1']], "' =1\r\n"],
  ['disarms = after an escape sequence', [['\u001B[0m=1']], "'=1\r\n"],
  ['disarms wide forms', [['＝1', '＋1', '－1', '＠a']], "'＝1,'＋1,'－1,'＠a\r\n"],
  ['disarms a cell that it quotes', [['=A1,"x"']], `"'=A1,""x"""\r\n`],
  ['leaves those characters inside a cell', [['a=1', 'b\tc', 'jo@example.com']], 'a=1,b c,jo@example.com\r\n'],
]
