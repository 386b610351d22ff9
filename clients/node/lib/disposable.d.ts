export {}

declare global {
  // As TypeScript has it from 5.2 on.
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol
  }
}
