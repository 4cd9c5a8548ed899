/**
 * The `pluginData` of a resolution that a plugin requests itself. Every plugin leaves it to the compiler: otherwise two plugins
 * would call each other without end. https://esbuild.github.io/plugins/#resolve
 */
export const resolveAgain = Symbol('resolve again');
