// Identifiers of OData (OData ABNF, odataIdentifier), as pieces of regular expressions.

const IDENTIFIER_START = String.raw`[\p{L}\p{Nl}_]`;
export const IDENTIFIER_PART = String.raw`[\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]`;
export const IDENTIFIER = `${IDENTIFIER_START}${IDENTIFIER_PART}*`;
