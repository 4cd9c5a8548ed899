/** The package ships without types; this is what is used of it. */
declare module 'asl-validator' {
  export default function validate(
    definition: Readonly<Record<string, unknown>>,
    options: { readonly checkPaths: boolean; readonly checkArn: boolean },
  ): { readonly isValid: boolean; errorsText(separator: string): string };
}
