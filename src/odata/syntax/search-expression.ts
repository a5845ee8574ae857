// What a client wrote in $search, as a tree.

/** `$search`: words and phrases; blanks between them mean AND. */
export type SearchExpression =
  | { readonly kind: 'word' | 'phrase'; readonly text: string; readonly at: number }
  | { readonly kind: 'and' | 'or'; readonly of: readonly SearchExpression[] }
  | { readonly kind: 'not'; readonly of: SearchExpression };
