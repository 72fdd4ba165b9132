--! Previous: sha1:c9ce5ef7c90690834999f1c29f54164aa6f32af4
--! Hash: sha1:7dc25c7d38bc39e599efacd2b624f7da68171f14

/*
 * Drafts: what somebody has begun to write, on all of their devices.
 */
