import {type RoleChange} from '../../../src/lib/roles/arithmetic.js'

export const [D1, D2, D3] = ['clz27bn7xj8b7tfq7xkwo886v', 'clx9mpzom75wbbr4qmw2wxfog', 'clm8xq0b1000008l4d2g7h3kz']
export const added: RoleChange = {deploymentId: D1, action: 'added', role: 'ADMIN'}
export const updated: RoleChange = {deploymentId: D2, action: 'updated', previousRole: 'Deploy Reader', role: 'ADMIN'}
export const unchanged: RoleChange = {deploymentId: D3, action: 'unchanged', previousRole: 'ADMIN', role: 'ADMIN'}
export const removed: RoleChange = {deploymentId: D1, action: 'removed', previousRole: 'ADMIN'}

/** Changes, and the sentences about them: once they are done, and in a dry run. */
export const SENTENCES: readonly (readonly [change: RoleChange, done: string, planned: string])[] = [
  [
    added,
    `Added deploy-bot (cltok1) to Deployment reports (${D1}) as ADMIN.`,
    `Would add deploy-bot (cltok1) to Deployment reports (${D1}) as ADMIN.`,
  ],
  [
    removed,
    `Removed deploy-bot (cltok1) from Deployment reports (${D1}), where its role was ADMIN.`,
    `Would remove deploy-bot (cltok1) from Deployment reports (${D1}), where its role is ADMIN.`,
  ],
  [
    updated,
    `Updated deploy-bot (cltok1) on Deployment billing-in-production (${D2}): Deploy Reader → ADMIN.`,
    `Would update deploy-bot (cltok1) on Deployment billing-in-production (${D2}): Deploy Reader → ADMIN.`,
  ],
  [
    unchanged,
    `deploy-bot (cltok1) already has ADMIN on Deployment ${D3}. Nothing changed.`,
    `deploy-bot (cltok1) already has ADMIN on Deployment ${D3}. Nothing would change.`,
  ],
]

/** Changes, and the line of the plan that counts them: once they are done, and in a dry run. */
export const SUMMARIES: readonly (readonly [changes: readonly RoleChange[], done: string, planned: string])[] = [
  [[unchanged], 'Nothing changed on 1 Deployment:', 'Nothing would change on 1 Deployment:'],
  [[unchanged, unchanged], 'Nothing changed on 2 Deployments:', 'Nothing would change on 2 Deployments:'],
  [[removed], 'Changed its role on 1 Deployment:', 'Would change its role on 1 Deployment:'],
  [
    [removed, updated, unchanged],
    'Changed its role on 2 Deployments (1 unchanged):',
    'Would change its role on 2 Deployments (1 unchanged):',
  ],
]

/** The tables of plans. */
export const PLAN = [
  'Token: deploy-bot (cltok1)',
  'Would change its role on 2 Deployments (1 unchanged):',
  '  DEPLOYMENT_NAME         DEPLOYMENT_ID               ACTION         ROLE',
  ` ${'─'.repeat(90)}`,
  `  reports                 ${D1}   would add      (none) → ADMIN`,
  `  billing-in-production   ${D2}   would update   Deploy Reader → ADMIN`,
  `                          ${D3}   unchanged      ADMIN`,
  '',
]

export const PLAN_WITHOUT_NAMES = [
  'Token: deploy-bot (cltok1)',
  'Changed its role on 1 Deployment (1 unchanged):',
  '  DEPLOYMENT_ID               ACTION      ROLE',
  ` ${'─'.repeat(56)}`,
  `  ${D1}   removed     ADMIN → (none)`,
  `  ${D3}   unchanged   ADMIN`,
  '',
]

export const NARROW_PLAN = [
  'Token: deploy-bot (cltok1)',
  'Would change its role on 2 Deployments:',
  'DEPLOYMENT_NAME  reports',
  `DEPLOYMENT_ID    ${D1}`,
  'ACTION           would remove',
  'ROLE             ADMIN → (none)',
  '',
  'DEPLOYMENT_NAME  billing-in-production',
  `DEPLOYMENT_ID    ${D2}`,
  'ACTION           would update',
  'ROLE             Deploy Reader → ADMIN',
  '',
]

/** Changes, and the question to confirm them. */
export const QUESTIONS: readonly (readonly [question: string | undefined, changes: readonly RoleChange[]])[] = [
  ['Give deploy-bot ADMIN on 2 Deployments?', [unchanged, added, updated]],
  ['Give deploy-bot ADMIN on 1 Deployment?', [added]],
  ["Remove deploy-bot's role on 3 Deployments?", [removed, removed, removed]],
  ["Remove deploy-bot's role on 1 Deployment?", [removed]],
  [undefined, [unchanged]],
]
