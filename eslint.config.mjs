import oclif from 'eslint-config-oclif'
import prettier from 'eslint-config-prettier'
import {fileURLToPath} from 'node:url'
import tseslint from 'typescript-eslint'

/** For each directory of src/lib, the directories that it must not import. Imports only go one way. */
const ABOVE = {
  'astro-api': ['auth', 'locks', 'roles', 'selection', 'output'],
  locks: ['astro-api', 'auth', 'roles', 'selection', 'output'],
  auth: ['roles', 'selection', 'output'],
  roles: ['auth', 'selection', 'output'],
  selection: ['output'],
  output: ['auth'],
}
const OUTSIDE_LIB = {
  group: ['**/cli/**', '**/commands/**', '@oclif/core*', '@inquirer/*'],
  message: 'lib must not use the terminal.',
}
const ONLY_HTTP = {group: ['got'], message: 'Only lib/astro-api/http.ts imports got.'}
const ONLY_PROMPTS = {group: ['@inquirer/*'], message: 'Only cli/prompts.ts imports prompts.'}
const ONLY_TABLE = {group: ['@oclif/table'], message: 'Only lib/output/table.ts imports the table library.'}

/** A rule that restricts the imports of some files. */
function imports(files, patterns, ignores = []) {
  return {files, ignores, rules: {'no-restricted-imports': ['error', {patterns}]}}
}

const IMPORT_RULES = [
  imports(
    ['src/cli/**', 'src/commands/**', 'src/standalone/**'],
    [ONLY_HTTP, ONLY_TABLE, ONLY_PROMPTS],
    ['src/cli/prompts.ts'],
  ),
  imports(['src/lib/errors.ts'], [{group: ['*'], message: 'errors.ts must not import anything.'}]),
  ...Object.entries(ABOVE).map(([folder, above]) =>
    imports(
      [`src/lib/${folder}/**`],
      [
        OUTSIDE_LIB,
        ONLY_HTTP,
        ONLY_TABLE,
        {group: above.map((name) => `**/${name}/**`), message: `${folder} must not import it; see ARCHITECTURE.md.`},
      ],
      ['src/lib/astro-api/http.ts', 'src/lib/output/table.ts'],
    ),
  ),
  {
    // In lib, the environment, the clock and randomness are parameters.
    files: ['src/lib/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        {object: 'process', property: 'env'},
        {object: 'Date', property: 'now'},
        {object: 'Math', property: 'random'},
      ],
      'no-restricted-syntax': ['error', 'NewExpression[callee.name="Date"][arguments.length=0]'],
    },
  },
]

export default tseslint.config(
  {ignores: ['dist', 'coverage']},
  ...oclif,
  {
    extends: [tseslint.configs.strictTypeChecked],
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: {project: ['test/tsconfig.json'], tsconfigRootDir: fileURLToPath(new URL('.', import.meta.url))},
    },
    rules: {
      // Every function that returns a promise is async, even without `await` (promise-function-async).
      '@typescript-eslint/require-await': 'off',
      // Numbers need no formatting in messages.
      '@typescript-eslint/restrict-template-expressions': ['error', {allowNumber: true}],
    },
  },
  {
    rules: {
      // Keys of JSON documents, ours and the API's, are not all camelCase.
      camelcase: ['error', {ignoreDestructuring: true, properties: 'never'}],
      // tsc resolves imports, including .js endings for .ts files.
      'import/namespace': 'off',
      'import/no-named-as-default-member': 'off',
      'import/no-unresolved': 'off',
      // The order of keys determines the printed JSON, and puts the most important ones first for readers.
      'perfectionist/sort-classes': 'off',
      'perfectionist/sort-interfaces': 'off',
      'perfectionist/sort-object-types': 'off',
      'perfectionist/sort-objects': 'off',
      'perfectionist/sort-switch-case': 'off',
      // chalk's instance for stderr is a named export.
      'unicorn/import-style': 'off',
      // Loops with `await` are sequential on purpose, for example retries.
      'no-await-in-loop': 'off',
      // The code that makes text safe must match control characters.
      'no-control-regex': 'off',
      // Every supported Node.js has them, or the code checks for them; the build replaces import.meta.dirname.
      'n/no-unsupported-features/node-builtins': [
        'error',
        {ignores: ['import.meta.dirname', 'process.setSourceMapsEnabled', 'zlib.crc32']},
      ],
      // The code uses `undefined` for absent values, but the API sends null.
      'unicorn/no-null': 'off',
    },
  },
  {
    files: ['.mocharc.cjs', 'bin/run.js'],
    languageOptions: {globals: {module: 'writable', require: 'readonly'}, sourceType: 'commonjs'},
    rules: {
      '@typescript-eslint/no-require-imports': 'off',
      'n/no-unpublished-require': 'off',
      'unicorn/prefer-module': 'off',
    },
  },
  {
    // bin/package.json has no dependencies.
    files: ['bin/dev.mjs'],
    rules: {'n/no-extraneous-import': 'off', 'n/no-unpublished-import': 'off'},
  },
  prettier,
  ...IMPORT_RULES,
)
