--! Previous: sha1:b874aacb3adf3bad6a9fbddfb9a2f116ea85f399
--! Hash: sha1:efcf9845d350de32de6eb663e30a6edb9f15c4d5

/*
 * What people arrange for themselves: unread marks, order and hiding of rooms, drafts.
 */
