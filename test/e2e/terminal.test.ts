import {expect} from 'chai'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'
import widthOf from 'string-width'

import {ids} from '../astro-api/world.js'
import {newFolder, type Turn} from '../support/run-cli.js'
import {placeDuring, roleOnDeployment, rolesOf} from './support.js'

const {deployments, tokens, workspaces} = ids
const [ENTER, DOWN, CTRL_C] = ['\r', '\u001B[B', '\u0003']
const DEPLOYMENT = /Which Deployment\?[^]*billing/
const TOKEN = /Which token\?[^]*❯[^]*to cancel/
const ROLE = /Which role\?[^]*❯[^]*to cancel/

describe('on a terminal', function () {
  const place = placeDuring(this)

  /** What a terminal shows, without escape sequences. */
  const answer = async (argv: readonly string[], turns: readonly Turn[], columns = 200) => {
    const {exit, stdout} = await place.onTerminal(argv, turns, {columns})
    return {exit, stdout: stripVTControlCharacters(stdout)}
  }

  it('prompts for the Deployment, the token and the role, and filters them as one types', async () => {
    const {exit, stdout} = await answer(
      ['update'],
      [
        [DEPLOYMENT, 'finance report'],
        [/finance report\n[^]*reports/, ENTER],
        [TOKEN, 'bot'],
        [/bot\n❯ deploy-bot/, ENTER],
        [ROLE, 'log'],
        [/log\n❯ Log Reader/, ENTER],
      ],
    )

    expect(exit).to.equal(0)
    const spaced = stdout.replaceAll(/ +/g, ' ')
    expect(spaced).to.contain(`reports Finance ${deployments.reports}`)
    expect(spaced).to.contain('deploy-bot Deploy Operator never expires').and.not.to.contain('ci-pipeline')
    expect(spaced).to.contain('Deploy Operator (current)')
    expect(spaced).to.contain(`Updated deploy-bot (${tokens.deployBot}) on Deployment reports`)
    const {api, operations} = place
    expect(rolesOf(api, tokens.deployBot)).to.deep.include(roleOnDeployment(deployments.reports, 'Log Reader'))
    expect(operations().filter((operation) => operation === 'updateApiTokenRoles')).to.have.length(1)
  })

  it('prompts on stderr, and again if Enter arrives together with text, as in a paste, before the list is filtered', async () => {
    const file = join(newFolder(), 'out')
    const turns: readonly Turn[] = [
      [DEPLOYMENT, `${DOWN}${DOWN}${DOWN}`],
      [/❯ ml-training/, `reports${ENTER}`],
      [/Again: Enter came before the list was filtered[^]*billing/, 'reports'],
      [/reports\n❯ reports/, ENTER],
    ]
    const {exit} = await place.onTerminal(['list'], turns, {redirect: ` >'${file}'`})

    expect(exit).to.equal(0)
    const names = readFileSync(file, 'utf8').match(/(?<=^\S+\t)[^\t]+/gm)
    expect(names).to.deep.equal(['NAME', 'Report viewer', 'deploy-bot'])
  })

  it('shows the plan before all Deployments change, and changes them after y', async () => {
    const argv = ['add', tokens.ciPipeline, '--all-deployments', '--workspace-id', workspaces.finance]
    const question = /\? Give ci-pipeline the role DEPLOYMENT_ADMIN on 2 Deployments\? \(y\/N\)/
    const {exit, stdout} = await answer(argv, [[question, `y${ENTER}`]])

    expect(exit).to.equal(0)
    expect(stdout).to.match(/reports +clz27bn7xj8b7tfq7xkwo886v +\(none\) → DEPLOYMENT_ADMIN\n[^]*\nAdd 2\n[^]*Added 2/)
    const added = [deployments.reports, deployments.billing].map((id) => roleOnDeployment(id, 'DEPLOYMENT_ADMIN'))
    expect(rolesOf(place.api, tokens.ciPipeline).slice(1)).to.deep.equal(added)
  })

  it('fits tables and prompts into its width, and exits with 130 and one line after Ctrl-C at a prompt', async () => {
    const prompt = await answer(['add', '--deployment-id', deployments.billing], [[TOKEN, CTRL_C]], 60)
    expect(prompt.exit).to.equal(130)
    expect(prompt.stdout).to.match(/\nCancelled\.\n$/)
    expect(prompt.stdout).not.to.match(/Error|^\s+at /m)
    expect(place.operations()).not.to.include('updateApiTokenRoles')

    const list = await answer(['list', '--deployment-id', deployments.reports], [], 60)
    expect(list.stdout).to.contain('Hidden to fit the terminal: DESCRIPTION, SCOPE, CREATED, CREATED BY.')
    for (const {stdout} of [list, prompt]) {
      const drawn = stdout.split('\n').filter((line) => /^[ ❯]/.test(line))
      expect(drawn).not.to.deep.equal([])
      for (const line of drawn) expect(widthOf(line.replaceAll('\r', '')), line).to.be.at.most(60)
    }
  })
})
