/** The types of one version of a service. */
export interface ServiceType {
  readonly parameters: unknown;
  readonly result: unknown;
  /** The names of the input slots. */
  readonly inputs: string;
  /** The names of the output slots. */
  readonly outputs: string;
}

/**
 * The services whose types are known, by name, and by version or range. The module that `errand types` writes adds its services to
 * this interface.
 */
// biome-ignore lint/suspicious/noEmptyInterface: other modules add members
export interface ServiceTypes {}

/**
 * The types of a service by its name and by the version or range that selects it; without one, those of all described versions.
 * `unknown` for what no module describes.
 */
export type TypesOf<
  Name extends string,
  Range extends string | undefined = undefined,
> = Name extends keyof ServiceTypes ? VersionTypes<ServiceTypes[Name], Range> : ServiceType;

type VersionTypes<Versions, Range extends string | undefined> = [Range] extends [undefined]
  ? Described<Versions[keyof Versions]>
  : Range extends keyof Versions
    ? Described<Versions[Range]>
    : ServiceType;

type Described<Type> = Type extends ServiceType ? Type : ServiceType;
