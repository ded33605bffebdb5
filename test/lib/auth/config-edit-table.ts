/** Config files, in which `‹key›` stands for the value of that key. */
export const SHAPES: Readonly<Record<string, string>> = {
  'block style, in the order and indentation of the Astro CLI': `context: localhost
contexts:
    localhost:
        domain: localhost
        expiresin: "‹expiresin›"
        organization: clorg1
        refreshtoken: ‹refreshtoken›
        token: ‹token›
        workspace: clwsp1
project:
    name: ""
`,
  'comments, blank lines and odd spaces': `# mine, not yours

contexts:   # all of them
  localhost:

    token:    ‹token›   # the access token
    # "old-refresh" was here
    refreshtoken:   '‹refreshtoken›' # it's secret
    expiresin: "‹expiresin›"  \t
   # an odd comment
local: {core:    'http://localhost:8888/v1'}
`,
  'double quotes': 'contexts: \n  localhost:\n    "token": "‹token›"\n    "expiresin": "‹expiresin›"\n',
  'single quotes': "contexts:\n  'localhost':\n    'token': '‹token›'\n    'expiresin': '‹expiresin›'\n",
  'flow style': "contexts: { localhost: {expiresin: '‹expiresin›',token: ‹token›, x: [1, 2 ], } , b: {token: t} }\n",
  JSON: '{"contexts":{"localhost":{"token":"‹token›","expiresin":"‹expiresin›","refreshtoken":"‹refreshtoken›"}}}',
  'no line end at the end': 'contexts:\n  localhost:\n    expiresin: "‹expiresin›"\n    token: ‹token›',
  'a byte order mark': '\uFEFFcontexts:\n  localhost:\n    token: ‹token›\n    expiresin: "‹expiresin›"\n',
  'a document start and end': '%YAML 1.2\n---\ncontexts:\n  localhost:\n    token: ‹token›\n...\n',
  'unknown keys': 'zzz: {a: ~}\ncontexts:\n  localhost:\n    Token: T\n    new: [0x1F, 1_000]\n    token: ‹token›\n',
  'two logins with the same values': `contexts:
  astronomer_io:
    token: Bearer old.token
    refreshtoken: old-refresh
  localhost:
    token: ‹token›
    refreshtoken: ‹refreshtoken›
  localhost_2: {token: Bearer old.token, refreshtoken: old-refresh}
`,
  'anchors and tags':
    'x: &x !!str old\ncontexts:\n  localhost: &me\n    token: &t !!str ‹token›\n    expiresin: !!str "‹expiresin›"\ny: *x\n',
  'explicit keys': 'contexts:\n  localhost:\n    ? token\n    : ‹token›\n    ? expiresin\n    : "‹expiresin›"\n',
  'times without quotes':
    'contexts:\n  localhost: {expiresin: ‹expiresin›, token: ‹token›}\n  x: {expiresin: 2020-01-01T00:00:00Z}\n',
  'values on their own lines':
    'contexts:\n  localhost:\n    token:\n      ‹token›\n    expiresin:\n      "‹expiresin›"\n',
  'non-ASCII text':
    'ключ: "ほげ" # 😀\ncontexts:\n  localhost:\n    é: 😀\n    token: ‹token› # 😀\n    expiresin: "‹expiresin›"\n',
}

/** The line of a key with its old value, the new value, and the line with it. */
export const EDITS: readonly (readonly [what: string, before: string, value: string, after: string])[] = [
  ['leaves a time without quotes', 'key: 2026-01-01T00:00:00Z', '2026-02-02T00:00:00Z', 'key: 2026-02-02T00:00:00Z'],
  [
    'leaves a time without quotes in a flow mapping',
    'x: {key: 2026-01-01T00:00:00Z}\n    key: 2026-01-01T00:00:00+01:00 # soon',
    '2026-02-02T00:00:00Z',
    'x: {key: 2026-01-01T00:00:00Z}\n    key: 2026-02-02T00:00:00Z # soon',
  ],
  [
    'quotes a time in place of text, because YAML 1.1 would read it as a time',
    'key: soon',
    '2026-02-02T00:00:00Z',
    'key: "2026-02-02T00:00:00Z"',
  ],
  ['leaves a word with a colon without quotes', 'key: a', 'a:b', 'key: a:b'],
  ['leaves a time without quotes that had a one-digit month', 'key: 2026-1-31', '2026-02-02', 'key: 2026-02-02'],
  ['quotes a time in place of text that ends with one', 'key: on 2026-01-31', '2026-02-02', 'key: "2026-02-02"'],
  ['quotes what would be a comment', 'key: a', 'a #b', 'key: "a #b"'],
  ['quotes what would be a mapping', 'key: a', 'a: b', 'key: "a: b"'],
  ['quotes what would not be text', 'key: a', 'null', 'key: "null"'],
  ['quotes what would not be text in YAML 1.1', 'key: a', 'yes', 'key: "yes"'],
  ['quotes what would be a number', 'key: a', '12', 'key: "12"'],
  ['quotes what would be an octal number', 'key: a', '0o17', 'key: "0o17"'],
  ['quotes text that starts with a special character', 'key: a', '-a', 'key: "-a"'],
  ['quotes text whose second word would end a flow mapping', 'key: a', 'a b,c', 'key: "a b,c"'],
  ['quotes what would end a flow mapping', 'key: a', 'a,b}', 'key: "a,b}"'],
  ['keeps single quotes, doubled inside', "key: 'a'", "it's", "key: 'it''s'"],
  ['keeps double quotes, escaped inside', 'key: "a"', String.raw`a"b\c`, String.raw`key: "a\"b\\c"`],
  ['uses double quotes for what single quotes cannot hold', "key: 'a'", 'a\nb', String.raw`key: "a\nb"`],
  ['fills an empty value', 'key:', 'b', 'key: b'],
  ['fills an empty value, after a colon apart from its key', 'key :', 'b', 'key : b'],
  ['fills an empty value, before a comment', 'key:   # none', 'b', 'key: b   # none'],
  ['fills an empty text', "key: ''", 'b', "key: 'b'"],
  ['fills a value that is null', 'key: null', 'b', 'key: b'],
  ['replaces text on two lines', 'key: one\n      two', 'b', 'key: b'],
  ['replaces a block of text, but not the line end after it', 'key: |-\n      a\n', 'b', 'key: "b"\n'],
  ['replaces a block of text, but not the blank lines after it', 'key: |+\n      a\n\n\n', 'c', 'key: "c"\n\n\n'],
  [
    'replaces a folded block of text, but not the blank lines after it',
    'key: >\n      a\n      b\n\n',
    'c',
    'key: "c"\n\n',
  ],
]

/** Files in which `token` of `contexts.localhost` cannot be replaced without changing anything else. */
export const IMPOSSIBLE: readonly (readonly [what: string, text: string])[] = [
  ['there is no such mapping', 'contexts: {other: {token: a}}\n'],
  ['text is in its place', 'contexts: {localhost: token}\n'],
  ['the text is empty', ''],
  ['the text is not YAML', 'contexts: {localhost: {token: a}\n'],
  ['the value itself is not YAML', 'contexts: {localhost: {token: "\\q"}}\n'],
  ['a key is there twice', 'contexts:\n  localhost:\n    token: a\n    token: b\n'],
  ['the mapping is an alias', 'contexts:\n  other: &a {token: a}\n  localhost: *a\n'],
  ['another mapping is an alias of it', 'contexts:\n  localhost: &a {token: a}\n  other: *a\n'],
  ['the value is an alias', 'x: &a a\ncontexts:\n  localhost: {token: *a}\n'],
  ['another value is an alias of it', 'contexts:\n  localhost: {token: &a a}\nx: *a\n'],
  ['the value is a mapping', 'contexts:\n  localhost: {token: {a: 1}}\n'],
  ['a tag gives it another type', 'contexts:\n  localhost: {token: !!binary "YQ=="}\n'],
  ['it is a flow mapping whose key has no value', 'contexts: {localhost: {token}}\n'],
]
