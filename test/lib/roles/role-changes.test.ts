import {expect} from 'chai'

import {roleOnDeployment} from '../fake-astro-api.js'
import {failureOf} from '../support.js'
import {ADMIN, change, organizationWith, OTHERS, READER} from './organization.js'
import {CHANGES, FAILURES} from './role-changes-table.js'
import {MEMBER} from './write-world.js'

describe('a change of roles', () => {
  const read = ['getToken', 'a']
  for (const [title, command, before, target, {after, dagRolesStay = [], ...expected}] of CHANGES) {
    it(`${title}, but only reports it in a dry run`, async () => {
      const {api, scoping} = organizationWith(before)

      const preview = await change(scoping, command, {...target, isDryRun: true})
      expect(api.calls.map(([operation]) => operation)).not.to.include('setTokenRoles')
      api.calls.length = 0
      const {token, ...result} = await change(scoping, command, target)

      expect(token).to.include({id: 'a', name: 'etl'})
      expect(result).to.deep.equal({...expected, dagRolesStay, isDryRun: false})
      expect(preview).to.deep.include({...expected, dagRolesStay, isDryRun: true})
      expect(api.calls).to.deep.equal(after ? [read, ['setTokenRoles', 'a', after]] : [read])
    })
  }

  it('checks in a dry run only what it would add', async () => {
    const {api, scoping} = organizationWith([MEMBER, roleOnDeployment('gone', READER)])
    const target = {isDryRun: true, role: READER}
    await change(scoping, 'add', {...target, deploymentIds: ['gone']})
    await change(scoping, 'add', {...target, deploymentIds: ['gone', 'd1']})
    await change(scoping, 'update', {...target, deploymentIds: ['gone'], role: ADMIN})

    const checks = [['listDeploymentRoles'], ['listDeployments', {deploymentIds: ['d1']}]]
    expect(api.calls).to.deep.equal([read, read, ...checks, read])
  })

  for (const [title, commands, before, target, message, hints] of FAILURES) {
    for (const [command, isDryRun] of commands.flatMap((each) => [[each, false] as const, [each, true] as const])) {
      it(`fails to ${command} and writes nothing if ${title}${isDryRun ? ', in a dry run too' : ''}`, async () => {
        const {api, scoping} = organizationWith(before)

        const failure = await failureOf(async () => change(scoping, command, {...target, isDryRun}))
        const reads = api.calls.filter(([operation]) => operation === 'getToken')
        const after = await api.getToken('a')

        expect(`${failure.kind}: ${failure.message}`).to.equal(message)
        if (hints?.[command] !== undefined) expect(failure.details.hint).to.equal(hints[command])
        expect(reads).to.have.length(1)
        if (before?.length) expect(after.roles).to.deep.equal(before)
      })
    }
  }

  it('fails with the reason if Astro does not know the role, in a dry run too', async () => {
    const {scoping} = organizationWith(OTHERS)
    const target = {role: 'Deploy Raeder'}

    const failure = await failureOf(async () => change(scoping, 'add', target))
    const preview = await failureOf(async () => change(scoping, 'add', {...target, isDryRun: true}))

    expect(failure.message).to.contain('No Deployment role is named "Deploy Raeder". The Astro API')
    expect(failure.details).to.include({status: 400})
    expect(preview.message).to.equal('No Deployment role is named "Deploy Raeder".')
  })
})
