import {spawn} from 'node:child_process'

import {type Env, finished} from './run-cli.js'

/** Runs a completion function as bash does when Tab is pressed, with stand-ins for the package bash-completion. */
const SCRIPT = `
_get_comp_words_by_ref() { cur=\${COMP_WORDS[COMP_CWORD]}; }
__ltrim_colon_completions() { :; }
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
"_$1_autocomplete"
printf '%s\\n' "\${COMPREPLY[@]}"
`

/** The completions of bash for the last of these words; `functions` is the file that the host's autocomplete wrote. */
export async function completions(functions: string, words: readonly string[], env: Env): Promise<string[]> {
  const child = spawn('bash', ['-c', SCRIPT, 'bash', functions, ...words], {env, stdio: ['ignore', 'pipe', 'pipe']})
  const {exit, stderr, stdout} = await finished(child)
  if (exit !== 0 || stderr) throw new Error(`bash ended with ${exit ?? 'a signal'}: ${stderr}`)
  // Bash shows duplicates once.
  return [...new Set(stdout.split('\n').filter(Boolean))].sort()
}
