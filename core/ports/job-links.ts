/**
 * The role of a job in a link: a sub-job of the other job, a job that depends on it, a rerun of it, a job that reuses its result,
 * or a job that uses a data object as input.
 */
export type LinkKind = 'child' | 'dependent' | 'rerun' | 'reuse' | 'use';

/** The end of a link by which links are listed. */
export interface LinkEnd {
  readonly tenant: string;
  readonly kind: LinkKind;
  /** The parent, the dependency, the earlier job, or the data object. */
  readonly anchorId: string;
}

/** A relation of a job to another job or to a data object. It is written before its job, so a job that exists has all of its links. */
export interface JobLink extends LinkEnd {
  /** The job with this role. It may not exist yet, never be created, or be deleted. */
  readonly jobId: string;
  /**
   * When the last try to create its job wrote the link, in epoch milliseconds; 0 if that try abandoned it.
   */
  readonly madeAt: number;
}

export interface LinkQuery extends LinkEnd {
  /** Only links to jobs with a greater id: the end of the previous page. */
  readonly afterId?: string | undefined;
  readonly limit: number;
}

export interface LinkPage {
  /** In the order of the job ids, which is the order of their creation. */
  readonly links: readonly JobLink[];
  /** Start of the next page; absent at the end. A page may be short before the end. */
  readonly nextAfterId?: string;
}

/** Stores the links of a tenant's jobs. */
export interface JobLinks {
  /**
   * Adds a link; an existing link gets the new time. Returns `first` if no other try to create its job has
   * written the link, or all of them have abandoned it. Only such a try may abandon the link, and only if it
   * gave its `tryId`.
   */
  add(link: JobLink, tryId?: string): Promise<'first' | 'again'>;
  /**
   * Sets the time of a link to 0, because its job will not be created; does nothing if another try has
   * written it since.
   */
  abandon(link: JobLink, tryId: string): Promise<void>;
  /** Does nothing if the link does not exist, or if another try than the given one has written it last. */
  remove(link: Omit<JobLink, 'madeAt'>, tryId?: string): Promise<void>;
  /** Strongly consistent. */
  list(query: LinkQuery): Promise<LinkPage>;
}
