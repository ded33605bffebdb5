import {expect} from 'chai'

import {type ChangeFlags, type ChangeName, changeRoles} from '../../src/cli/change-command.js'
import {type CommandContext, createProgress} from '../../src/cli/context.js'
import {type AstroApi, startAstroApi} from '../astro-api/server.js'
import {ids} from '../astro-api/world.js'
import {failureOf} from '../lib/support.js'
import {homeFor, newFolder} from '../support/run-cli.js'

const {deployments, tokens, workspaces} = ids
const REPORTS = {'deployment-id': [deployments.reports]}
const ALL = {'all-deployments': true}
const DEFAULT = 'No --role specified; updating to DEPLOYMENT_ADMIN.'

interface Given {
  readonly name: ChangeName
  readonly flags: Partial<ChangeFlags>
  /** Default: deploy-bot, which is Deploy Operator on reports. */
  readonly tokenId?: string | undefined
  /** The answers to prompts; undefined for a non-interactive session. */
  readonly answers?: readonly (boolean | string)[]
}

describe('changeRoles', () => {
  let api: AstroApi
  let home: string

  before(async () => {
    api = await startAstroApi()
    home = homeFor(api)
  })

  afterEach(() => {
    api.reset()
  })

  after(async () => api.close())

  /** Runs the change. Returns what was printed on stderr, with the prompts, and the changes that were made. */
  async function change({answers, flags, name, tokenId = tokens.deployBot}: Given) {
    const printed: string[] = []
    const left = [...(answers ?? [])]
    const note = (line: string) => printed.push(line)
    const answer = async (question: string) => {
      note(question)
      if (left.length === 0) throw new Error(`unexpected prompt: ${question}`)
      return left.shift()
    }

    let isPrompted = false
    const context: CommandContext = {
      env: {ASTRO_API_TOKEN: api.apiToken(), ASTRO_DOMAIN: 'localhost'},
      home,
      directory: newFolder(),
      userId: process.getuid?.(),
      clock: {now: () => Date.now(), random: () => 0.5, async sleep() {}},
      report: {warn: (text) => note(`Warning: ${text}`), debug() {}, status() {}},
      isJson: false,
      userAgent: 'test',
      write: {state: 'not_written'},
      interrupts: {protectRefresh: async (_, refresh) => refresh, async untilEnd() {}},
      progress: createProgress(false),
      stdout: {write() {}},
      stderr: {write: (text) => note(text.replaceAll(/^.*│.*$|─+\n/gm, ''))},
      note,
      prompts: answers && {
        async pick(question, choices) {
          isPrompted = true
          const wanted = String(await answer(question))
          return choices.find(({name: line}) => line.includes(wanted))?.value ?? 'no such choice'
        },
        confirm: async (question) => (await answer(question)) === true,
        wereUsed: () => isPrompted,
        abort: () => false,
      },
    }
    const whole: ChangeFlags = {'all-deployments': false, 'dry-run': false, yes: false, ...flags}
    const result = await changeRoles(context, name, flags['org-token-name'] === undefined ? tokenId : undefined, whole)
    const changes = result.changes.map((each) => `${each.action} ${'role' in each ? each.role : each.previousRole}`)
    expect(left).to.deep.equal([])
    return {printed, changes, isWritten: api.requests.some(({method}) => method === 'POST')}
  }

  const [ADMIN, OPERATOR] = ['DEPLOYMENT_ADMIN', 'Deploy Operator']
  const cases: readonly (Given & {
    title: string
    changes: readonly string[]
    printed?: readonly string[]
    isWritten?: boolean
  })[] = [
    {
      title: 'add uses the default role',
      name: 'add',
      tokenId: tokens.ciPipeline,
      flags: REPORTS,
      answers: [],
      changes: [`added ${ADMIN}`],
    },
    {
      title: 'add says that the default replaces a role',
      name: 'add',
      flags: REPORTS,
      changes: [`updated ${ADMIN}`],
      printed: [`No --role specified; ${ADMIN} replaces ${OPERATOR}.`],
    },
    {
      title: 'add says nothing of a role that was named',
      name: 'add',
      flags: {...REPORTS, role: ADMIN},
      changes: [`updated ${ADMIN}`],
    },
    {
      title: 'add prompts for the role if it prompted for the Deployment',
      name: 'add',
      flags: {},
      answers: ['reports', 'Log Reader'],
      changes: ['updated Log Reader'],
      printed: ['Which Deployment?', 'Which role?'],
    },
    {
      title: 'add prompts for no role with --yes',
      name: 'add',
      flags: {yes: true},
      answers: ['reports'],
      changes: [`updated ${ADMIN}`],
      printed: ['Which Deployment?', `No --role specified; ${ADMIN} replaces ${OPERATOR}.`],
    },
    {
      title: 'update prompts for the role',
      name: 'update',
      flags: REPORTS,
      answers: ['Log Reader'],
      changes: ['updated Log Reader'],
      printed: ['Which role?'],
    },
    {
      title: 'update uses the default with --yes, and says so',
      name: 'update',
      flags: {...REPORTS, yes: true},
      answers: [],
      changes: [`updated ${ADMIN}`],
      printed: [DEFAULT],
    },
    {
      title: 'a dry run of update prompts for the role',
      name: 'update',
      flags: {...REPORTS, 'dry-run': true},
      answers: [OPERATOR],
      changes: [`unchanged ${OPERATOR}`],
      printed: ['Which role?'],
      isWritten: false,
    },
    {
      title: 'a dry run needs neither --yes nor --role',
      name: 'update',
      flags: {...ALL, 'dry-run': true, 'workspace-id': workspaces.finance},
      changes: [`updated ${ADMIN}`],
      printed: [DEFAULT],
      isWritten: false,
    },
    {
      title: 'remove asks nothing if everything is named',
      name: 'remove',
      flags: REPORTS,
      answers: [],
      changes: [`removed ${OPERATOR}`],
    },
    {
      title: 'remove asks after a prompt for the Deployment',
      name: 'remove',
      flags: {},
      answers: ['reports', true],
      changes: [`removed ${OPERATOR}`],
      printed: ['Which Deployment?', "Remove deploy-bot's role Deploy Operator on reports?"],
    },
    {
      title: 'remove does not ask with --yes',
      name: 'remove',
      flags: {yes: true},
      answers: ['reports'],
      changes: [`removed ${OPERATOR}`],
      printed: ['Which Deployment?'],
    },
    {
      title: 'remove does not ask in a dry run',
      name: 'remove',
      flags: {'dry-run': true},
      answers: ['reports'],
      changes: [`removed ${OPERATOR}`],
      printed: ['Which Deployment?'],
      isWritten: false,
    },
    {
      title: 'nothing is asked if nothing would change',
      name: 'update',
      flags: {...ALL, role: OPERATOR, 'workspace-id': workspaces.finance},
      answers: [],
      changes: [`unchanged ${OPERATOR}`],
      isWritten: false,
    },
  ]
  for (const {changes, isWritten = true, printed = [], title, ...given} of cases) {
    it(title, async () => {
      expect(await change(given)).to.deep.equal({printed, changes, isWritten})
    })
  }

  for (const {title, name, flags, message, hint, answers} of [
    {
      title: 'update --all-deployments --yes without --role',
      name: 'update',
      flags: {...ALL, yes: true},
      message: '--all-deployments --yes needs --role, because nobody confirms the default role.',
      hint: 'Add --role, or see what would change with --dry-run',
      answers: [],
    },
    {
      title: 'add --all-deployments --yes without --role',
      name: 'add',
      flags: {...ALL, yes: true},
      message: '--all-deployments --yes needs --role, because nobody confirms the default role.',
      hint: 'Add --role, or see what would change with --dry-run',
    },
    {
      title: 'add --all-deployments, non-interactive',
      name: 'add',
      flags: ALL,
      message: '--all-deployments changes many Deployments, and this session is non-interactive.',
      hint: 'Add --role and --yes, or see what would change with --dry-run',
    },
    {
      title: 'remove --all-deployments, non-interactive',
      name: 'remove',
      flags: ALL,
      message: '--all-deployments changes many Deployments, and this session is non-interactive.',
      hint: 'Add --yes, or see what would change with --dry-run',
    },
  ] as const) {
    it(`is a usage error before any request: ${title}`, async () => {
      const failure = await failureOf(async () =>
        change({name, flags, ...('answers' in {answers} && answers && {answers})}),
      )
      expect(failure).to.deep.include({kind: 'usage', message, details: {hint}})
      expect(api.requests).to.deep.equal([])
    })
  }

  it('fails before a prompt if the named token has a role on no Deployment', async () => {
    const given = {name: 'update', flags: {}, tokenId: tokens.unassigned, answers: []} as const
    const {message} = await failureOf(async () => change(given))
    expect(message).to.equal('The token "unassigned" has no role on a Deployment in this Organization.')
  })

  it('starts the role prompt at the present role', async () => {
    expect((await change({name: 'update', flags: REPORTS, answers: ['']})).changes).to.deep.equal([
      `unchanged ${OPERATOR}`,
    ])
  })

  it('warns if the token has expired', async () => {
    const given = {
      name: 'update',
      tokenId: tokens.oldCi,
      flags: {'deployment-id': [deployments.etlStaging], role: OPERATOR},
    } as const
    expect((await change(given)).printed[0]).to.match(/^Warning: The token old-ci \(.*\) expired on \d{4}-\d\d-\d\d\.$/)
  })

  it('changes Deployments by name and by ID in one write', async () => {
    const flags = {'deployment-id': [deployments.reports], 'deployment-name': ['billing'], role: 'Log Reader'}
    expect((await change({name: 'add', flags})).changes).to.deep.equal(['updated Log Reader', 'added Log Reader'])
    expect(api.requests.map(({operationId}) => operationId)).to.deep.equal([
      'listDeployments',
      'getApiToken',
      'updateApiTokenRoles',
    ])
  })
})
