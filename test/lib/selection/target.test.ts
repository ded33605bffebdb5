import {expect} from 'chai'

import {type Choice} from '../../../src/lib/output/choices.js'
import {createTokenScoping} from '../../../src/lib/roles/token-scoping.js'
import {
  noConsent,
  type Prompts,
  resolveDeployments,
  resolveTarget,
  type TargetRequest,
} from '../../../src/lib/selection/target.js'
import {fakeAstroApi, organizationToken, roleOnDeployment} from '../fake-astro-api.js'
import {failureOf} from '../support.js'

const deployments = [
  {id: 'd1', name: 'etl', workspaceId: 'w1'},
  {id: 'd2', name: 'etl-2', workspaceId: 'w1'},
  {id: 'd3', name: 'reports', workspaceId: 'w2'},
]

interface Asked extends Prompts {
  readonly questions: string[]
  readonly offered: (readonly Choice[])[]
}

/** Picks the last choice, and answers every other question so. */
function answering(answer: boolean): Asked {
  const questions: string[] = []
  const offered: (readonly Choice[])[] = []
  return {
    questions,
    offered,
    async pick(question, choices) {
      questions.push(question)
      offered.push(choices)
      return choices.at(-1)?.value ?? ''
    },
    async confirm(question) {
      questions.push(question)
      return answer
    },
  }
}

function world() {
  const roles = [roleOnDeployment('d1', 'r'), roleOnDeployment('d3', 'r')]
  const api = fakeAstroApi({
    deployments,
    tokens: [organizationToken('a', roles, {name: 'etl'}), organizationToken('b', [], {name: 'none'})],
    listDeployments: async ({workspaceIds} = {}) =>
      deployments.filter(({workspaceId}) => workspaceIds?.includes(workspaceId) ?? true),
  })
  return {api, scoping: createTokenScoping(api)}
}

const REQUEST: TargetRequest = {
  token: {id: 'a'},
  deployments: 'all',
  workspaceId: undefined,
  loginWorkspaceId: undefined,
  verb: 'Add',
  isAgreed: false,
  isDryRun: false,
}

const dialogue = (prompts?: Prompts) => ({
  prompts,
  working: async <T>(_: string, work: Promise<T>) => work,
  clear: () => false,
  showProgress() {
    // Nobody looks.
  },
})

/** Why this request ends in an error, where nobody can be asked. */
const failing = async (request: Partial<TargetRequest>) =>
  failureOf(async () => resolveTarget(world().scoping, {...REQUEST, ...request}, dialogue()))

describe('the target of a command', () => {
  describe('resolveTarget', () => {
    it('takes Deployments that are named as they are, and sends nothing', async () => {
      const {api, scoping} = world()

      const target = await resolveTarget(scoping, {...REQUEST, deployments: ['d9']}, dialogue())

      expect(target).to.deep.equal({token: {id: 'a'}, deploymentIds: ['d9'], isDryRun: false})
      expect(api.calls).to.deep.equal([])
    })

    it('adds to all Deployments that there are, once the user agrees', async () => {
      const prompts = answering(true)

      const target = await resolveTarget(world().scoping, REQUEST, dialogue(prompts))

      expect(target).to.deep.equal({token: {id: 'a'}, deploymentIds: ['d1', 'd2', 'd3'], isDryRun: false})
      expect(prompts.questions).to.deep.equal(['Add the token on 3 Deployments?'])
    })

    for (const verb of ['Update', 'Remove'] as const) {
      it(`${verb}: means those on which the token has a role`, async () => {
        const prompts = answering(true)

        const target = await resolveTarget(world().scoping, {...REQUEST, verb, token: {name: 'etl'}}, dialogue(prompts))

        expect(target).to.deep.equal({token: {id: 'a'}, deploymentIds: ['d1', 'd3'], isDryRun: false})
        expect(prompts.questions).to.deep.equal([`${verb} the token on 2 Deployments?`])
      })
    }

    it('is narrowed by the Workspace that is named, not by that of the login', async () => {
      const workspaces = {workspaceId: 'w2', loginWorkspaceId: 'w1'}
      const prompts = answering(true)

      const added = await resolveTarget(world().scoping, {...REQUEST, ...workspaces}, dialogue(prompts))
      const removed = await resolveTarget(
        world().scoping,
        {...REQUEST, ...workspaces, verb: 'Remove'},
        dialogue(prompts),
      )
      const all = await resolveTarget(world().scoping, {...REQUEST, loginWorkspaceId: 'w1'}, dialogue(prompts))

      expect([added.deploymentIds, removed.deploymentIds]).to.deep.equal([['d3'], ['d3']])
      expect(all.deploymentIds).to.have.length(3)
      expect(prompts.questions[0]).to.equal('Add the token on one Deployment?')
    })

    it('asks nothing where the answer was given, or where nothing is written', async () => {
      const agreed = await resolveTarget(world().scoping, {...REQUEST, isAgreed: true}, dialogue())
      const dry = await resolveTarget(world().scoping, {...REQUEST, isDryRun: true}, dialogue())

      expect([agreed.deploymentIds.length, dry.deploymentIds.length]).to.deep.equal([3, 3])
      expect(dry.isDryRun).to.equal(true)
    })

    it('ends with cancelled where the user does not agree', async () => {
      const failure = await failureOf(async () => resolveTarget(world().scoping, REQUEST, dialogue(answering(false))))
      expect(failure).to.include({kind: 'cancelled', message: 'Cancelled; nothing was written.'})
    })

    it('is a usage error where nobody can be asked', async () => {
      const failure = await failureOf(async () => resolveTarget(world().scoping, REQUEST, dialogue()))
      expect(failure).to.deep.include({kind: 'usage', details: noConsent().details})
      expect(failure.details.hint).to.contain('--yes').and.contain('--dry-run')
    })

    it('is not found where the token has no role, or there is no Deployment', async () => {
      const failures = await Promise.all([
        failing({verb: 'Remove', token: {id: 'b'}}),
        failing({verb: 'Update', workspaceId: 'w9'}),
        failing({workspaceId: 'w9'}),
      ])

      expect(failures.map(({kind, message}) => `${kind}: ${message}`)).to.deep.equal([
        'not_found: The token "none" has no role on a Deployment in this Organization.',
        'not_found: There is no Deployment in Workspace w9.',
        'not_found: There is no Deployment in Workspace w9.',
      ])
    })
  })

  describe('resolveDeployments', () => {
    const NOWHERE = {workspaceId: undefined, loginWorkspaceId: undefined}
    const offered = async (workspaces: Partial<Record<keyof typeof NOWHERE, string>>) => {
      const prompts = answering(true)
      const ids = await resolveDeployments(world().scoping, 'pick', {...NOWHERE, ...workspaces}, dialogue(prompts))
      return [...(prompts.offered[0] ?? []).map(({value}) => value), `picked ${ids.join(' ')}`]
    }

    it('lets the user pick one of all, of the Workspace that is named, or of the login’s', async () => {
      expect(await offered({})).to.deep.equal(['d1', 'd2', 'd3', 'picked d3'])
      expect(await offered({workspaceId: 'w2', loginWorkspaceId: 'w1'})).to.deep.equal(['d3', 'picked d3'])
      expect(await offered({loginWorkspaceId: 'w1'})).to.deep.equal(['d1', 'd2', 'picked d2'])
    })

    it('offers all where the login’s Workspace has none', async () => {
      expect(await offered({loginWorkspaceId: 'w9'})).to.deep.equal(['d1', 'd2', 'd3', 'picked d3'])
    })

    it('names the ways to say it where nobody can be asked', async () => {
      const {scoping} = world()
      const failure = await failureOf(async () => resolveDeployments(scoping, 'pick', NOWHERE, dialogue()))
      expect(failure.kind).to.equal('usage')
    })
  })
})
