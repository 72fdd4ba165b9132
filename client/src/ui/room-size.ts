/** Of rooms of this size all members are fetched. Of larger ones, those that are looked for. */
export const FEW_MEMBERS = 50;
