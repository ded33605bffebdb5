import {expect} from 'chai'

import {AstroError} from '../../../src/lib/errors.js'
import {deploymentNotFound, explainRefusal, requireDeployments} from '../../../src/lib/roles/existence.js'
import {fakeAstroApi} from '../fake-astro-api.js'
import {failureOf} from '../support.js'

const deployments = [
  {id: 'clprod1', name: 'production'},
  {id: 'cltest1', name: 'testing'},
]
const roles = ['Deploy Writer', 'DEPLOYMENT_ADMIN', 'Deploy Reader'].map((name) => ({name, scopeType: 'DEPLOYMENT'}))
const refused = new AstroError('invalid_request', 'The API says: role is invalid', {status: 400, requestId: 'req-1'})

describe('refusals', () => {
  describe('explainRefusal', () => {
    it('names a role that does not exist, the roles there are and the closest, with the API’s words', async () => {
      const api = fakeAstroApi({deployments, roles})
      const error = await explainRefusal(api, refused, {deploymentIds: ['clprod1'], role: 'Deploy Raeder'})
      expect(error.kind).to.equal('not_found')
      expect(error.message).to.contain('"Deploy Raeder"').and.contain('The API says: role is invalid')
      expect(error.details).to.include({
        status: 400,
        requestId: 'req-1',
        hint: 'Did you mean "Deploy Reader"? Deployment roles: DEPLOYMENT_ADMIN, Deploy Reader, Deploy Writer',
      })
      expect(error.details.candidates).to.deep.equal([
        {name: 'Deploy Reader'},
        {name: 'Deploy Writer'},
        {name: 'DEPLOYMENT_ADMIN'},
      ])
    })

    it('guesses no role where none is close', async () => {
      const error = await explainRefusal(fakeAstroApi({roles}), refused, {deploymentIds: [], role: 'xyz'})
      expect(error.details.hint).to.equal('Deployment roles: DEPLOYMENT_ADMIN, Deploy Reader, Deploy Writer')
      expect(error.details.candidates).to.have.lengthOf(3)
    })

    it('takes a role of another case for one that does not exist', async () => {
      const error = await explainRefusal(fakeAstroApi({roles}), refused, {deploymentIds: [], role: 'deploy reader'})
      expect(error.details.hint).to.contain('Did you mean "Deploy Reader"?')
    })

    it('names each Deployment that does not exist, with the API’s request ID', async () => {
      const api = fakeAstroApi({deployments, roles})
      const target = {deploymentIds: ['clprod2', 'cltest1', 'other'], role: 'DEPLOYMENT_ADMIN'}
      const error = await explainRefusal(api, refused, target)
      expect(error).to.include({kind: 'not_found', message: 'No Deployment has the ID clprod2, other.'})
      expect(error.details).to.include({status: 400, requestId: 'req-1'})
      expect(error.details.candidates?.[0]).to.deep.equal({id: 'clprod1', name: 'production'})
    })

    it('does not look for DEPLOYMENT_ADMIN, which is always there', async () => {
      const api = fakeAstroApi({deployments})
      await explainRefusal(api, refused, {deploymentIds: ['clprod1'], role: 'DEPLOYMENT_ADMIN'})
      expect(api.calls).to.deep.equal([['listDeployments', {deploymentIds: ['clprod1']}]])
    })

    it('is the refusal itself where both role and Deployments exist', async () => {
      const api = fakeAstroApi({deployments, roles})
      const target = {deploymentIds: ['clprod1', 'cltest1'], role: 'Deploy Reader'}
      expect(await explainRefusal(api, refused, target)).to.equal(refused)
    })

    it('is the refusal itself where the look for its reason fails', async () => {
      const api = fakeAstroApi({listDeploymentRoles: () => Promise.reject(new AstroError('forbidden', 'No.'))})
      expect(await explainRefusal(api, refused, {deploymentIds: [], role: 'x'})).to.equal(refused)
    })

    for (const kind of [
      'api',
      'conflict',
      'forbidden',
      'network',
      'rate_limited',
      'timeout',
      'unauthenticated',
    ] as const) {
      it(`does not ask why a write failed with ${kind}`, async () => {
        const api = fakeAstroApi({})
        const error = new AstroError(kind, 'No.')
        expect(await explainRefusal(api, error, {deploymentIds: ['d1'], role: 'x'})).to.equal(error)
        expect(api.calls).to.deep.equal([])
      })
    }
  })

  describe('requireDeployments', () => {
    it('asks for those Deployments alone, and is content where all exist', async () => {
      const api = fakeAstroApi({deployments})
      await requireDeployments(api, ['cltest1', 'clprod1'])
      expect(api.calls).to.deep.equal([['listDeployments', {deploymentIds: ['cltest1', 'clprod1']}]])
    })

    it('asks for the whole list where the IDs would make too long an address', async () => {
      const many = Array.from({length: 101}, (_, index) => ({id: `cl${index}`, name: `n${index}`}))
      const api = fakeAstroApi({deployments: many})
      await requireDeployments(
        api,
        many.map(({id}) => id),
      )
      expect(api.calls).to.deep.equal([['listDeployments', {}]])
    })

    it('names each that does not exist', async () => {
      const failure = await failureOf(async () =>
        requireDeployments(fakeAstroApi({deployments}), ['x1', 'clprod1', 'x2']),
      )
      expect(failure).to.include({kind: 'not_found', message: 'No Deployment has the ID x1, x2.'})
    })
  })

  describe('deploymentNotFound', () => {
    it('names the closest by ID or by name, for who gave a name in place of an ID', async () => {
      const error = await deploymentNotFound(fakeAstroApi({deployments}), ['production'])
      expect(error.details.candidates).to.deep.equal([{id: 'clprod1', name: 'production'}])
      expect(error.details.hint).to.equal('Did you mean clprod1 (production)?')
    })

    it('says how to see the Deployments where none is close, or none can be listed', async () => {
      const without = fakeAstroApi({listDeployments: () => Promise.reject(new AstroError('forbidden', 'No.'))})
      const errors = [fakeAstroApi({deployments}), without].map((api) => deploymentNotFound(api, ['zzzzzzzzzzzz']))
      for (const error of await Promise.all(errors)) {
        expect(error.kind).to.equal('not_found')
        expect(error.details.candidates).to.deep.equal([])
        expect(error.details.hint).to.contain('astro deployment list')
      }
    })
  })
})
