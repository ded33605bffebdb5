/** What the flag, the variable and the project name. The project must not be read if `project` is omitted. */
export interface Sources {
  readonly flag?: readonly string[]
  readonly variable?: string
  readonly project?: null | string
}

export const NAMED: readonly (readonly [title: string, sources: Sources, deploymentIds: string[], source: string])[] = [
  ['prefers the flag to the variable', {flag: ['d1'], variable: 'not an ID'}, ['d1'], '--deployment-id'],
  ['returns each Deployment once, in flag order', {flag: ['d2', ' D1', 'D2']}, ['d2', 'd1'], '--deployment-id'],
  ['prefers the variable to the project', {variable: ' D2 '}, ['d2'], 'ASTRO_DEPLOYMENT_ID'],
  ['takes an empty list of flags for none', {flag: [], variable: 'd2'}, ['d2'], 'ASTRO_DEPLOYMENT_ID'],
  ['reads the project last', {project: 'D3'}, ['d3'], '/p/config.yaml'],
  ['takes a blank variable for none', {variable: '  ', project: 'd3'}, ['d3'], '/p/config.yaml'],
]

export const WRONG: readonly (readonly [title: string, sources: Sources, kind: string, message: string])[] = [
  ['a flag that is not an ID', {flag: ['d1', 'd/2']}, 'usage', '--deployment-id is not an ID: "d/2".'],
  ['an empty flag', {flag: [''], variable: 'd2'}, 'usage', '--deployment-id is empty.'],
  ['a variable that is not an ID', {variable: 'my d'}, 'usage', 'ASTRO_DEPLOYMENT_ID is not an ID: "my d".'],
  [
    'a project that has no ID',
    {project: '../d'},
    'config',
    'project.deployment in /p/config.yaml is not an ID: "../d".',
  ],
]
