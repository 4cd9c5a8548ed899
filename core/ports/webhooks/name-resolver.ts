/** Resolves names of hosts. */
export interface NameResolver {
  /** All addresses of a name. Throws, within three seconds, if it has none or the name servers do not respond. */
  resolve(hostname: string): Promise<readonly string[]>;
}
