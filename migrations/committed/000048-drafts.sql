--! Previous: sha1:c1560390ecbb2b91e115f4851be3c27478e92808
--! Hash: sha1:cfe459125df51b1086de1bc4519c224e9026e282

/*
 * Drafts: what somebody has begun to write, on all of their devices.
 */
