import oclif from 'eslint-config-oclif'
import prettier from 'eslint-config-prettier'
import {fileURLToPath} from 'node:url'
import tseslint from 'typescript-eslint'

/** The folders of src/lib that a folder of it may not import. Imports go one way. */
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
  message: 'lib knows no terminal.',
}
const ONLY_HTTP = {group: ['got'], message: 'Only lib/astro-api/http.ts imports got.'}
const ONLY_PROMPTS = {group: ['@inquirer/*'], message: 'Only cli/prompts.ts imports prompts.'}
const ONLY_TABLE = {group: ['@oclif/table'], message: 'Only lib/output/draw-table.ts imports the table library.'}

/** A rule on what some files may import. */
function imports(files, patterns, ignores = []) {
  return {files, ignores, rules: {'no-restricted-imports': ['error', {patterns}]}}
}

const IMPORT_RULES = [
  imports(['src/cli/**', 'src/commands/**'], [ONLY_HTTP, ONLY_TABLE, ONLY_PROMPTS], ['src/cli/prompts.ts']),
  imports(['src/lib/errors.ts'], [{group: ['*'], message: 'errors.ts imports nothing.'}]),
  ...Object.entries(ABOVE).map(([folder, above]) =>
    imports(
      [`src/lib/${folder}/**`],
      [
        OUTSIDE_LIB,
        ONLY_HTTP,
        ONLY_TABLE,
        {group: above.map((name) => `**/${name}/**`), message: `${folder} is below it; see ARCHITECTURE.md.`},
      ],
      ['src/lib/astro-api/http.ts', 'src/lib/output/draw-table.ts'],
    ),
  ),
  {
    // The environment, the clock and chance are parameters in lib. locks/system.ts is that of the locks.
    files: ['src/lib/**'],
    ignores: ['src/lib/locks/system.ts'],
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
      // What returns a promise is async here, whether or not it awaits (promise-function-async).
      '@typescript-eslint/require-await': 'off',
      // Numbers read well in messages as they are.
      '@typescript-eslint/restrict-template-expressions': ['error', {allowNumber: true}],
    },
  },
  {
    rules: {
      // The keys of JSON, the API's and ours, are theirs to spell.
      camelcase: ['error', {ignoreDestructuring: true, properties: 'never'}],
      // tsc resolves imports, .js endings of .ts files included.
      'import/namespace': 'off',
      'import/no-named-as-default-member': 'off',
      'import/no-unresolved': 'off',
      // The order of keys is part of the JSON that the commands print, and of what a reader meets first.
      'perfectionist/sort-classes': 'off',
      'perfectionist/sort-interfaces': 'off',
      'perfectionist/sort-object-types': 'off',
      'perfectionist/sort-objects': 'off',
      'perfectionist/sort-switch-case': 'off',
      // chalk's instance for stderr is a named export.
      'unicorn/import-style': 'off',
      // What is awaited in a loop, such as one try after another, is meant to come one after the other.
      'no-await-in-loop': 'off',
      // Control characters are what safe text is about.
      'no-control-regex': 'off',
      // Called where they exist; the build replaces import.meta.dirname.
      'n/no-unsupported-features/node-builtins': [
        'error',
        {ignores: ['import.meta.dirname', 'process.setSourceMapsEnabled', 'zlib.crc32']},
      ],
      // `undefined` is how an absent answer is typed; null is what the API sends.
      'unicorn/no-null': 'off',
    },
  },
  {
    files: ['bin/run.js'],
    languageOptions: {globals: {require: 'readonly'}, sourceType: 'commonjs'},
    rules: {
      '@typescript-eslint/no-require-imports': 'off',
      'n/no-unpublished-require': 'off',
      'unicorn/prefer-module': 'off',
    },
  },
  {
    // The package.json of bin names no dependency.
    files: ['bin/dev.mjs'],
    rules: {'n/no-extraneous-import': 'off', 'n/no-unpublished-import': 'off'},
  },
  prettier,
  ...IMPORT_RULES,
)
