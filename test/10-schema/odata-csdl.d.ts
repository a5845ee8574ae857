// OASIS's own converter comes without types; this is the part that the tests use.
declare module 'odata-csdl' {
  /** A property, a navigation property or an entity set of CSDL JSON, as far as the tests look into it. */
  export interface CsdlMember {
    readonly $Kind?: string;
    readonly $Type?: string;
    readonly $Nullable?: boolean;
    readonly $Collection?: boolean;
    readonly $Partner?: string;
    readonly $ReferentialConstraint?: Readonly<Record<string, string>>;
    readonly $NavigationPropertyBinding?: Readonly<Record<string, string>>;
    readonly [annotation: `@${string}`]: unknown;
  }

  /** An overload of a function. */
  export interface CsdlFunction {
    readonly $EntitySetPath?: string;
    readonly $Parameter?: readonly Readonly<Record<string, unknown>>[];
  }

  export type CsdlMembers = Readonly<Record<string, CsdlMember>>;

  /** Namespace → entity type or container → member. */
  export function xml2json(
    xml: string,
    options?: { readonly strict?: boolean; readonly messages?: { readonly message: string }[] },
  ): Readonly<Record<string, Readonly<Record<string, CsdlMembers>>>>;
}
