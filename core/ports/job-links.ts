/** What a job is to the one it is linked to: a part of it, or one that needs it. */
export type LinkKind = 'child' | 'dependent';

/** The end of a link that lists are asked for. */
export interface LinkEnd {
  readonly tenant: string;
  readonly kind: LinkKind;
  /** The parent, or the job that is needed. */
  readonly of: string;
}

/** That one job has to do with another. It is written before its job is, so a job that exists has all of its links. */
export interface JobLink extends LinkEnd {
  /** The child, or the job that needs the other one. It may not be there yet, never come to be, or be deleted. */
  readonly jobId: string;
  /** When its job was last about to be made, in milliseconds since 1970; 0 when that was given up. */
  readonly madeAt: number;
}

export interface LinkQuery extends LinkEnd {
  /** Only links to jobs whose id sorts above this one: where the last page ended. */
  readonly afterId?: string | undefined;
  readonly limit: number;
}

export interface LinkPage {
  /** In the order of the jobs' ids, which is that of their making. */
  readonly links: readonly JobLink[];
  /** Where the next page begins; absent at the end. A page may be short before the end. */
  readonly nextAfterId?: string;
}

/** Keeps the links between a tenant's jobs. */
export interface JobLinks {
  /**
   * A link that is there gets the new time. `first`: no other try to make its job has written it, but for such as gave it
   * up; only then the try may give it up as well. Without `tryId` nobody can.
   */
  add(link: JobLink, tryId?: string): Promise<'first' | 'again'>;
  /** Gives a link the time 0, since its job never comes; changes nothing when another try has written it since. */
  giveUp(link: JobLink, tryId: string): Promise<void>;
  /** Removes nothing when there is no such link. */
  remove(link: Omit<JobLink, 'madeAt'>): Promise<void>;
  /** Strongly consistent. */
  list(query: LinkQuery): Promise<LinkPage>;
}
