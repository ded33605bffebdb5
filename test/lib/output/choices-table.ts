import {type ApiToken, type Deployment} from '../../../src/lib/astro-api/responses.js'
import {type OfferedRole} from '../../../src/lib/output/choices.js'

export const DEPLOYMENTS: readonly Deployment[] = [
  {id: 'clz27bn7xj8b7tfq7xkwo886v', name: 'etl', workspaceId: 'w1', workspaceName: 'Data'},
  {id: 'clx9mpzom75wbbr4qmw2wxfog', name: 'reports-in-production', workspaceId: 'workspace-of-finance'},
  {id: 'clm8xq0b1000008l4d2g7h3kz', name: 'bare'},
]

export const TOKENS: readonly ApiToken[] = [
  {
    id: 'clx7mvn4a4wfhym4l1vfz3zfk',
    name: 'ci-pipeline',
    scope: 'ORGANIZATION',
    description: 'Deploys from CI to all Deployments',
    endAt: '2026-03-22T13:00:00Z',
    roles: [
      {entityType: 'DEPLOYMENT', entityId: 'd1', role: 'DEPLOYMENT_ADMIN'},
      {entityType: 'ORGANIZATION', entityId: 'o1', role: 'ORGANIZATION_MEMBER'},
    ],
  },
  {
    id: 'clx2bj3j4wj99ibag7i1mnbqn',
    name: 'deploy-bot',
    scope: 'ORGANIZATION',
    roles: [{entityType: 'ORGANIZATION', entityId: 'o1', role: 'ORGANIZATION_OWNER'}],
  },
  {
    id: 'clx9mpzom75wbbr4qmw2wxfog',
    name: 'old-ci-pipeline-of-the-platform-team',
    scope: 'ORGANIZATION',
    endAt: '2026-03-08T12:00:00Z',
  },
]

export const ROLES: readonly OfferedRole[] = [
  {name: 'DEPLOYMENT_ADMIN', isPresent: false},
  {name: 'Deploy Reader', description: 'Reads deploys and their logs', isPresent: true},
  {name: 'Log Reader of the whole platform', isPresent: true},
]

/** The lines of a prompt on terminals of this many columns. */
type Lines = readonly (readonly [columns: number, lines: readonly string[]])[]

export const DEPLOYMENT_LINES: Lines = [
  [
    200,
    [
      'etl                    clz27bn7xj8b7tfq7xkwo886v  Data',
      'reports-in-production  clx9mpzom75wbbr4qmw2wxfog  workspace-of-finance',
      'bare                   clm8xq0b1000008l4d2g7h3kz',
    ],
  ],
  [
    60,
    [
      'etl             clz27bn7xj8b7tfq7xkwo886v  Data',
      'reports-in-pr…  clx9mpzom75wbbr4qmw2wxfog  workspace-of-…',
      'bare            clm8xq0b1000008l4d2g7h3kz',
    ],
  ],
  [
    40,
    [
      'etl          clz27bn7xj8b7tfq7xkwo886v',
      'reports-in…  clx9mpzom75wbbr4qmw2wxfog',
      'bare         clm8xq0b1000008l4d2g7h3kz',
    ],
  ],
  [34, ['etl    clz27bn7xj8b7tfq7xkwo886v', 'repo…  clx9mpzom75wbbr4qmw2wxfog', 'bare   clm8xq0b1000008l4d2g7h3kz']],
  [20, ['…  clz27bn7xj8b7tfq7xkwo886v', '…  clx9mpzom75wbbr4qmw2wxfog', '…  clm8xq0b1000008l4d2g7h3kz']],
]

export const TOKEN_LINES: Lines = [
  [
    200,
    [
      'ci-pipeline                           ORGANIZATION_MEMBER  expires in 12 days  Deploys from CI to all Deployments  clx7mvn4a4wfhym4l1vfz3zfk',
      'deploy-bot                            ORGANIZATION_OWNER   never expires                                           clx2bj3j4wj99ibag7i1mnbqn',
      'old-ci-pipeline-of-the-platform-team                       EXPIRED 2 days ago                                      clx9mpzom75wbbr4qmw2wxfog',
    ],
  ],
  [
    120,
    [
      'ci-pipeline                           ORGANIZATION_MEMBER  expires in 12 days  Deploys fro…  clx7mvn4a4wfhym4l1vfz3zfk',
      'deploy-bot                            ORGANIZATION_OWNER   never expires                     clx2bj3j4wj99ibag7i1mnbqn',
      'old-ci-pipeline-of-the-platform-team                       EXPIRED 2 days ago                clx9mpzom75wbbr4qmw2wxfog',
    ],
  ],
  [
    80,
    [
      'ci-pipeline          MEMBER  in 12 days  Deploys f…  clx7mvn4a4wfhym4l1vfz3zfk',
      'deploy-bot           OWNER   never                   clx2bj3j4wj99ibag7i1mnbqn',
      'old-ci-pipeline-of…          EXPIRED                 clx9mpzom75wbbr4qmw2wxfog',
    ],
  ],
  [
    60,
    [
      'ci-pipeline  MEMBER  in 12 days  clx7mvn4a4wfhym4l1vfz3zfk',
      'deploy-bot   OWNER   never       clx2bj3j4wj99ibag7i1mnbqn',
      'old-ci-pip…          EXPIRED     clx9mpzom75wbbr4qmw2wxfog',
    ],
  ],
  [
    54,
    [
      'ci-pipeline    in 12 days  clx7mvn4a4wfhym4l1vfz3zfk',
      'deploy-bot     never       clx2bj3j4wj99ibag7i1mnbqn',
      'old-ci-pipel…  EXPIRED     clx9mpzom75wbbr4qmw2wxfog',
    ],
  ],
  [
    40,
    [
      'ci-pipeline  clx7mvn4a4wfhym4l1vfz3zfk',
      'deploy-bot   clx2bj3j4wj99ibag7i1mnbqn',
      'old-ci-pip…  clx9mpzom75wbbr4qmw2wxfog',
    ],
  ],
  [20, ['…  clx7mvn4a4wfhym4l1vfz3zfk', '…  clx2bj3j4wj99ibag7i1mnbqn', '…  clx9mpzom75wbbr4qmw2wxfog']],
]

export const ROLE_LINES: Lines = [
  [
    200,
    [
      'DEPLOYMENT_ADMIN',
      'Deploy Reader                     (current)  Reads deploys and their logs',
      'Log Reader of the whole platform  (current)',
    ],
  ],
  [
    60,
    [
      'DEPLOYMENT_ADMIN',
      'Deploy Reader                     (current)  Reads deploy…',
      'Log Reader of the whole platform  (current)',
    ],
  ],
  [40, ['DEPLOYMENT_ADMIN', 'Deploy Reader                (current)', 'Log Reader of the whole pl…  (current)']],
  [20, ['DEPLOYMENT_ADMIN', 'Deploy Reader', 'Log Reader of the…']],
]
