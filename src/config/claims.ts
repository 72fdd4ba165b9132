import { z } from 'zod';

/** Of which claim a person's profile is made; null: of none. */
export interface ClaimNames {
  readonly subject: string;
  readonly username: string | null;
  readonly name: string | null;
  readonly picture: string | null;
  readonly email: string | null;
  readonly groups: string | null;
  /** The name of the workspace that the person is in. Null: it is not the token that says it. */
  readonly workspace: string | null;
}

export const USUAL_CLAIMS: ClaimNames = {
  subject: 'sub',
  username: 'preferred_username',
  name: 'name',
  picture: 'picture',
  email: 'email',
  groups: 'groups',
  workspace: null,
};

const claim = z.string().min(1).nullable();

/** Which claims settings may name otherwise, or take none of. */
export const profileClaims = {
  username: claim,
  name: claim,
  picture: claim,
  email: claim,
  groups: claim,
  workspace: claim,
};

/** The one workspace of an issuer whose tokens say none. */
export const workspaceName = z.string().min(1).max(64).optional();
