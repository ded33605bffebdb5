import {Parser} from '@oclif/core'
import {expect} from 'chai'

import {type ChangeName, changeRoles} from '../../src/cli/change-command.js'
import {type CommandContext, createContext} from '../../src/cli/context.js'
import {roleChangeFlags, tokenIdArg} from '../../src/cli/flags.js'
import {ids} from '../astro-api/world.js'
import {createEmulated} from '../commands/emulated.js'
import {failureOf} from '../lib/support.js'
import {newFolder} from '../support/run-cli.js'

const {deployments, tokens, workspaces} = ids

/** What the words of a command line stand for. */
const WORDS: Readonly<Record<string, string>> = {
  'ci-pipeline': tokens.ciPipeline,
  'deploy-bot': tokens.deployBot,
  finance: workspaces.finance,
  'log-reader': 'Log Reader',
  operator: 'Deploy Operator',
  reports: deployments.reports,
}

interface Case {
  readonly line: string
  /** The answers to prompts; undefined for a non-interactive session. */
  readonly answers?: readonly (boolean | string)[] | undefined
  /** The lines on stderr, with the prompts, then the changes, with `: not sent` if nothing was written. */
  readonly shows: readonly string[]
}

const WHICH_DEPLOYMENT = 'Which Deployment?'
const WHICH_ROLE = 'Which role?'
const REPLACES = 'No --role specified; DEPLOYMENT_ADMIN replaces Deploy Operator.'
const UPDATES = 'No --role specified; updating to DEPLOYMENT_ADMIN.'
const ASKS = "Remove deploy-bot's role Deploy Operator on reports?"
const ADDED = 'added DEPLOYMENT_ADMIN'
const UPDATED = 'updated DEPLOYMENT_ADMIN'
const UNCHANGED = 'unchanged Deploy Operator: not sent'
const REMOVED = 'removed Deploy Operator'

/** Which role is the default, what is prompted for, and what is confirmed. deploy-bot is Deploy Operator on reports. */
const CASES: readonly Case[] = [
  {line: 'add ci-pipeline --deployment reports', answers: [], shows: [ADDED]},
  {line: 'add deploy-bot --deployment reports', shows: [REPLACES, UPDATED]},
  {line: 'add deploy-bot --deployment reports --role DEPLOYMENT_ADMIN', shows: [UPDATED]},
  {
    line: 'add deploy-bot',
    answers: ['reports', 'Log Reader'],
    shows: [WHICH_DEPLOYMENT, WHICH_ROLE, 'updated Log Reader'],
  },
  {line: 'add deploy-bot --yes', answers: ['reports'], shows: [WHICH_DEPLOYMENT, REPLACES, UPDATED]},
  {line: 'update deploy-bot --deployment reports', answers: ['Log Reader'], shows: [WHICH_ROLE, 'updated Log Reader']},
  // The prompt starts at the present role.
  {line: 'update deploy-bot --deployment reports', answers: [''], shows: [WHICH_ROLE, UNCHANGED]},
  {line: 'update deploy-bot --deployment reports --yes', answers: [], shows: [UPDATES, UPDATED]},
  {line: 'update deploy-bot --deployment reports --dry-run', answers: ['Operator'], shows: [WHICH_ROLE, UNCHANGED]},
  {line: 'update deploy-bot --all-deployments --workspace finance --dry-run', shows: [UPDATES, `${UPDATED}: not sent`]},
  {line: 'update deploy-bot --all-deployments --workspace finance --role operator', answers: [], shows: [UNCHANGED]},
  {line: 'remove deploy-bot --deployment reports', answers: [], shows: [REMOVED]},
  {line: 'remove deploy-bot', answers: ['reports', true], shows: [WHICH_DEPLOYMENT, ASKS, REMOVED]},
  {line: 'remove deploy-bot --yes', answers: ['reports'], shows: [WHICH_DEPLOYMENT, REMOVED]},
  {line: 'remove deploy-bot --dry-run', answers: ['reports'], shows: [WHICH_DEPLOYMENT, `${REMOVED}: not sent`]},
]

describe('changeRoles', () => {
  const on = createEmulated()

  beforeEach(on.start)

  afterEach(on.stop)

  /** The lines of the last prompt. */
  let offered: readonly string[]

  /** Runs the command line. Returns the lines on stderr, with the prompts, and the changes. */
  async function change(line: string, answers?: Case['answers']): Promise<string[]> {
    const printed: string[] = []
    const left = [...(answers ?? [])]
    const note = (line: string) => printed.push(line)
    const answer = async (question: string) => {
      note(question)
      if (left.length === 0) throw new Error(`unexpected prompt: ${question}`)
      return left.shift()
    }

    let isPrompted = false
    const interrupts = {protectRefresh: async <T>(_: string, refresh: Promise<T>) => refresh, async untilEnd() {}}
    const context: CommandContext = {
      ...createContext({isJson: false, userAgent: 'test', write: {state: 'not_written'}, interrupts}),
      env: on.env(),
      directory: newFolder(),
      report: {warn: (text) => note(`Warning: ${text}`), debug() {}, status() {}},
      stdout: {write() {}},
      stderr: {write: (text) => note(text.replaceAll(/^.*│.*$|─+\n/gm, ''))},
      note,
      prompts: answers && {
        async pick(question, choices) {
          isPrompted = true
          offered = choices.map(({name: line}) => line)
          const wanted = String(await answer(question))
          return choices.find(({name: line}) => line.includes(wanted))?.value ?? 'no such choice'
        },
        confirm: async (question) => (await answer(question)) === true,
        wereUsed: () => isPrompted,
        abort: () => false,
      },
    }
    const [name, ...argv] = line.split(' ').map((word) => WORDS[word] ?? word)
    const {args, flags} = await Parser.parse(argv, {args: {'token-id': tokenIdArg}, flags: roleChangeFlags})
    const {changes} = await changeRoles(context, name as ChangeName, args['token-id'], flags)
    expect(left).to.deep.equal([])
    const sent = on.api.requests.some(({method}) => method === 'POST') ? '' : ': not sent'
    return [
      ...printed,
      ...changes.map((each) => `${each.action} ${'role' in each ? each.role : each.previousRole}${sent}`),
    ]
  }

  for (const {answers, line, shows} of CASES) {
    it(`${line}, ${answers ? 'on a terminal' : 'non-interactive'}: ${shows.join(' ')}`, async () => {
      expect(await change(line, answers)).to.deep.equal(shows)
    })
  }

  const unconfirmed = '--all-deployments --yes needs --role, because nobody confirms the default role.'
  const unseen = '--all-deployments changes many Deployments, and this session is non-interactive.'
  for (const {answers, line, message, missing} of [
    {line: 'update deploy-bot --all-deployments --yes', answers: [], message: unconfirmed, missing: '--role'},
    {line: 'add deploy-bot --all-deployments --yes', message: unconfirmed, missing: '--role'},
    {line: 'add deploy-bot --all-deployments', message: unseen, missing: '--role and --yes'},
    {line: 'remove deploy-bot --all-deployments', message: unseen, missing: '--yes'},
  ]) {
    it(`${line}, ${answers ? 'on a terminal' : 'non-interactive'}, needs ${missing} before any request`, async () => {
      const hint = `Add ${missing}, or see what would change with --dry-run`
      const failure = await failureOf(async () => change(line, answers))
      expect(failure).to.deep.include({kind: 'usage', message, details: {hint}})
      expect(on.api.requests).to.deep.equal([])
    })
  }

  for (const {answers, line} of [
    {line: 'remove deploy-bot', answers: ['reports', false]},
    {line: 'remove deploy-bot --all-deployments', answers: [false]},
    {line: 'add ci-pipeline --all-deployments', answers: [false]},
  ]) {
    it(`${line} is cancelled and sends nothing if the user declines`, async () => {
      expect(await failureOf(async () => change(line, answers))).to.include({kind: 'cancelled'})
      expect(on.api.requests.filter(({method}) => method === 'POST')).to.deep.equal([])
    })
  }

  it('offers to update only Deployments where the named token has a role, with that role', async () => {
    await change('update deploy-bot --yes', ['reports'])
    expect(offered.map((line) => line.split(/ {2,}/).slice(0, 2))).to.deep.equal([
      ['etl-prod', 'DEPLOYMENT_ADMIN'],
      ['etl-staging', 'Deploy Reader'],
      ['reports', 'Deploy Operator'],
    ])
  })

  it('fails before a prompt if the named token has a role on no Deployment', async () => {
    const {message} = await failureOf(async () => change(`update ${tokens.unassigned}`, []))
    expect(message).to.equal('The token "unassigned" has no role on a Deployment in this Organization.')
  })

  it('warns if the token has expired', async () => {
    const [warning] = await change(`update ${tokens.oldCi} --deployment-id ${deployments.etlStaging} --role operator`)
    expect(warning).to.match(/^Warning: The token old-ci \(.*\) expired on \d{4}-\d\d-\d\d\.$/)
  })

  it('changes Deployments by name and by ID in one write', async () => {
    const line = 'add deploy-bot --deployment-id reports --deployment-name billing --role log-reader'
    expect(await change(line)).to.deep.equal(['updated Log Reader', 'added Log Reader'])
    const operations = ['listDeployments', 'getApiToken', 'updateApiTokenRoles']
    expect(on.api.requests.map(({operationId}) => operationId)).to.deep.equal(operations)
  })
})
