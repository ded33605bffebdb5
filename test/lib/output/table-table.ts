const [ID, OTHER_ID] = ['clm8xq0b1000008l4d2g7h3kz', 'clm9xq0b1000008l4d2g7h3kz']

/** Cells of the columns ID, DESCRIPTION and ROLE. */
export const ROWS: readonly (readonly string[])[] = [
  [ID, 'Runs the nightly load of all', 'Deploy Reader'],
  [OTHER_ID, '本番環境のための長い説明', 'r'],
]

/** The lines of a table of those rows on a terminal of this many columns. */
export const NARROW_TABLES: readonly (readonly [title: string, width: number, lines: readonly string[]])[] = [
  [
    'leaves three spaces between columns if they fit',
    75,
    [
      '  ID                          DESCRIPTION                    ROLE',
      ` ${'─'.repeat(74)}`,
      `  ${ID}   Runs the nightly load of all   Deploy Reader`,
      `  ${OTHER_ID}   本番環境のための長い説明       r`,
      '',
    ],
  ],
  [
    'moves the columns together and truncates the description',
    60,
    [
      ' ID                         DESCRIPTION        ROLE',
      ` ${'─'.repeat(59)}`,
      ` ${ID}  Runs the nightly…  Deploy Reader`,
      ` ${OTHER_ID}  本番環境のための…  r`,
      '',
    ],
  ],
  [
    'then truncates roles, and the header with them',
    50,
    [
      ' ID                         DESCRIPTI…  ROLE',
      ` ${'─'.repeat(49)}`,
      ` ${ID}  Runs the…   Deploy Re…`,
      ` ${OTHER_ID}  本番環境…   r`,
      '',
    ],
  ],
  [
    'then makes a block of each row',
    40,
    [
      `ID           ${ID}`,
      'DESCRIPTION  Runs the nightly load of a…',
      'ROLE         Deploy Reader',
      '',
      `ID           ${OTHER_ID}`,
      'DESCRIPTION  本番環境のための長い説明',
      'ROLE         r',
      '',
    ],
  ],
  [
    'keeps IDs whole in the narrowest',
    12,
    [
      `ID           ${ID}`,
      'DESCRIPTION  …',
      'ROLE         …',
      '',
      `ID           ${OTHER_ID}`,
      'DESCRIPTION  …',
      'ROLE         r',
      '',
    ],
  ],
]
