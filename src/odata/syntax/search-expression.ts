// The syntax tree of $search.

/** Words and phrases; a blank between them means AND. */
export type SearchExpression =
  | { readonly kind: 'word' | 'phrase'; readonly text: string; readonly at: number }
  | { readonly kind: 'and' | 'or'; readonly of: readonly SearchExpression[] }
  | { readonly kind: 'not'; readonly of: SearchExpression };
