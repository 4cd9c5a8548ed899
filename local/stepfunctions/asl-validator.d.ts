/** The package has no types; this declares the part that is used. */
declare module 'asl-validator' {
  export default function validate(
    definition: Readonly<Record<string, unknown>>,
    options: { readonly checkPaths: boolean; readonly checkArn: boolean },
  ): { readonly isValid: boolean; errorsText(separator: string): string };
}
