--! Previous: sha1:a2403995613561eb3dd83a2c025ccd0fca566ab8
--! Hash: sha1:796991df9ea60f254fb40e894bbfcc5cadfa4477

/*
 * What others learn of one's reading, typing and being there; and a status that one sets.
 */
