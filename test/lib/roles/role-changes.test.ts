import {expect} from 'chai'

import {roleOnDeployment} from '../fake-astro-api.js'
import {failureOf} from '../support.js'
import {ADMIN, change, organizationWith, OTHERS, READER} from './organization.js'
import {CHANGES, FAILURES} from './role-changes-table.js'
import {MEMBER} from './write-world.js'

describe('a change of roles', () => {
  const read = ['getToken', 'a']
  for (const [title, command, before, target, {after, dagRolesStay = [], ...expected}] of CHANGES) {
    it(title, async () => {
      const {api, scoping} = organizationWith(before)

      const {token, ...result} = await change(scoping, command, target)

      expect(token).to.include({id: 'a', name: 'etl'})
      expect(result).to.deep.equal({...expected, dagRolesStay, isDryRun: false})
      expect(api.calls).to.deep.equal(after ? [read, ['setTokenRoles', 'a', after]] : [read])
    })

    it(`${title}, but only reports it in a dry run`, async () => {
      const {api, scoping} = organizationWith(before)

      const {changes, dagRolesStay: stay, isDryRun} = await change(scoping, command, {...target, isDryRun: true})

      expect({changes, stay, isDryRun}).to.deep.equal({...expected, stay: dagRolesStay, isDryRun: true})
      expect(api.calls.map(([operation]) => operation)).not.to.include('setTokenRoles')
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

  it('fails with the reason if Astro does not know the role', async () => {
    const {scoping} = organizationWith(OTHERS)

    const failure = await failureOf(async () => change(scoping, 'add', {role: 'Deploy Raeder'}))

    expect(failure.message).to.contain('No Deployment role is named "Deploy Raeder".')
    expect(failure.details).to.include({status: 400})
    expect(failure.details.candidates?.[0]).to.deep.equal({name: READER})
  })

  it('fails for a role that Astro does not know in a dry run too', async () => {
    const target = {role: 'Deploy Raeder', isDryRun: true}

    const failure = await failureOf(async () => change(organizationWith(OTHERS).scoping, 'add', target))

    expect(failure.message).to.equal('No Deployment role is named "Deploy Raeder".')
  })
})
