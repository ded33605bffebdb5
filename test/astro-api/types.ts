/**
 * The documents of `astro-api.yaml`. The emulator checks each response against the contract, so a test fails if these
 * types differ from it.
 */

export interface Organization {
  readonly id: string
  readonly name: string
  readonly product?: 'HOSTED' | 'HYBRID'
}

export interface Deployment {
  readonly id: string
  readonly name: string
  readonly description?: string
  readonly workspaceId: string
  readonly workspaceName?: string
  readonly organizationId: string
  readonly status: 'CREATING' | 'DEPLOYING' | 'HEALTHY' | 'HIBERNATING' | 'UNHEALTHY' | 'UNKNOWN'
}

export interface Role {
  /** Custom roles only. */
  readonly id?: string
  readonly name: string
  readonly description?: string
  readonly scopeType: 'DAG' | 'DEPLOYMENT' | 'ORGANIZATION' | 'SYSTEM' | 'WORKSPACE'
  readonly restrictedWorkspaceIds?: readonly string[]
}

export interface ApiToken {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly scope: 'DEPLOYMENT' | 'ORGANIZATION' | 'WORKSPACE'
  readonly kind: 'DIRECT_ACCESS' | 'STANDARD'
  readonly roles?: readonly ApiTokenRole[]
  readonly shortToken: string
  readonly createdAt: string
  readonly createdBy?: Subject
  readonly updatedAt: string
  readonly updatedBy?: Subject
  readonly startAt: string
  readonly endAt?: string
  readonly expiryPeriodInDays?: number
  readonly lastUsedAt?: string
  readonly lastRotatedAt?: string
}

export interface ApiTokenRole {
  /** DEPLOYMENT, ORGANIZATION, WORKSPACE, DAG, DAG_TAG, or a new type. */
  readonly entityType: string
  readonly entityId: string
  readonly deploymentId?: string
  readonly role: string
}

export interface Subject {
  readonly id: string
  readonly subjectType?: 'SERVICEKEY' | 'USER'
  readonly fullName?: string
  readonly username?: string
  readonly apiTokenName?: string
}

export interface SubjectRoles {
  readonly organizationRole?: null | string
  readonly workspaceRoles?: null | readonly {readonly workspaceId: string; readonly role: string}[]
  readonly deploymentRoles?: null | readonly {readonly deploymentId: string; readonly role: string}[]
  readonly dagRoles?:
    | null
    | readonly {
        readonly deploymentId: string
        readonly dagId?: string
        readonly dagTag?: string
        readonly role: string
      }[]
}

export interface ApiError {
  readonly message: string
  readonly requestId: string
  readonly statusCode: number
  /** 400 only. */
  readonly fieldErrors?: readonly {readonly code: string; readonly field: string; readonly message: string}[]
}
