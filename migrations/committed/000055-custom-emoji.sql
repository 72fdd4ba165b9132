--! Previous: sha1:239b0965d32b68f05ad51532cfcca6509388efae
--! Hash: sha1:47f9915e602902f33853a806dfa15994f9f377f6

/*
 * Emoji of a workspace's own: a picture with a name, which is written as `:party_parrot:` wherever an emoji is.
 *
 * Messages and reactions hold the name and nothing else, so a send knows nothing of this, a picture that is gone leaves a
 * text that reads well, and whatever shows no pictures (pushes, mails, exports) says the name.
 */
insert into app_private.rates (kind, per_second, burst) values ('custom_emoji', 0.2, 100);

create type app_public.emoji_adders as enum ('members', 'managers');
comment on type app_public.emoji_adders is
  'Who adds emoji. MEMBERS: everybody but guests. MANAGERS: those whom the administrators have named for it.';

create table app_private.custom_emoji_sets (
  workspace_id uuid primary key references app_private.workspaces on delete cascade,
  version bigint not null default 0,
  who_adds app_public.emoji_adders not null default 'members',
  most integer not null default 500,
  xid xid8,
  changed_at timestamptz,
  constraint custom_emoji_sets_most_range check (most between 0 and 5000)
) with (fillfactor = 50);
comment on table app_private.custom_emoji_sets is 'What holds for the emoji of a workspace, and when they last changed.';
comment on column app_private.custom_emoji_sets.version is 'How often they have changed.';
comment on column app_private.custom_emoji_sets.xid is 'By which transaction, as the log of rooms counts them: see room_changes.xid.';
alter table app_private.custom_emoji_sets enable row level security;
create trigger _100_refuse_truncate before truncate on app_private.custom_emoji_sets
  for each statement execute function app_private.tg_any__refuse_truncate();

create table app_private.emoji_managers (
  user_id uuid primary key references app_public.users on delete cascade
);
comment on table app_private.emoji_managers is 'Who may add, change and remove the emoji of their workspace, whoever else may.';
alter table app_private.emoji_managers enable row level security;
create trigger _100_refuse_truncate before truncate on app_private.emoji_managers
  for each statement execute function app_private.tg_any__refuse_truncate();

create table app_public.custom_emoji (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default app_hidden.current_workspace_id() references app_private.workspaces on delete cascade,
  name text not null,
  aliases text[] not null default '{}',
  picture_id uuid,
  added_by_id uuid references app_public.users on delete set null,
  version bigint not null,
  created_at timestamptz not null default now(),
  removed_at timestamptz,
  constraint custom_emoji_have_a_version_each unique (workspace_id, version),
  constraint custom_emoji_has_a_picture check ((picture_id is null) = (removed_at is not null))
);
comment on table app_public.custom_emoji is 'An emoji of a workspace''s own.';
comment on column app_public.custom_emoji.id is 'The same under all of its names.';
comment on column app_public.custom_emoji.workspace_id is 'The workspace that it is of.';
comment on column app_public.custom_emoji.name is
  'What it is called, as it stands between the colons: 1 to 30 letters, digits, underscores, dashes and plus signs, of any script, in small letters.';
comment on column app_public.custom_emoji.aliases is 'Other names by which it is meant.';
comment on column app_public.custom_emoji.picture_id is 'The upload that it shows.';
comment on column app_public.custom_emoji.added_by_id is 'Who added it. Null once their account is deleted: the emoji stays.';
comment on column app_public.custom_emoji.version is
  'The number of its last change among all changes of the workspace''s emoji.';
comment on column app_public.custom_emoji.created_at is 'When it was added.';
comment on column app_public.custom_emoji.removed_at is
  'Since when it is gone. What is older than 90 days is forgotten.';
comment on constraint custom_emoji_pkey on app_public.custom_emoji is 'One emoji an id.';
comment on constraint custom_emoji_added_by_id_fkey on app_public.custom_emoji is 'Who added it.';
alter table app_public.custom_emoji enable row level security;
/* begin_erasure, deleting a person */
create index custom_emoji_added_by_id on app_public.custom_emoji (added_by_id) where added_by_id is not null;
create trigger _100_refuse_truncate before truncate on app_public.custom_emoji
  for each statement execute function app_private.tg_any__refuse_truncate();

create policy select_workspace on app_public.custom_emoji for select to trumpet_user
  using (workspace_id = (select app_hidden.current_workspace_id()));
create policy select_admin on app_public.custom_emoji for select to trumpet_admin using (true);
grant select on app_public.custom_emoji to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;

create table app_private.custom_emoji_names (
  workspace_id uuid not null references app_private.workspaces on delete cascade,
  name text not null,
  emoji_id uuid not null references app_public.custom_emoji on delete cascade,
  primary key (emoji_id, name),
  constraint custom_emoji_names_are_unique unique (workspace_id, name),
  constraint custom_emoji_names_are_well_formed check (app_hidden.is_emoji_name(name))
);
comment on table app_private.custom_emoji_names is 'Which emoji is meant by each name: by its own and by its other ones.';
alter table app_private.custom_emoji_names enable row level security;
create trigger _100_refuse_truncate before truncate on app_private.custom_emoji_names
  for each statement execute function app_private.tg_any__refuse_truncate();

/*
 * What is imported from Slack and Mattermost calls the emoji of Unicode by these names, and people type them there: they are
 * those of emojibase (src/import/emoji-names.json); a test holds the two together.
 */
create table app_private.emoji_shortcodes (
  name text primary key
);
comment on table app_private.emoji_shortcodes is 'Names that no custom emoji may have, because they mean one that everybody has.';
alter table app_private.emoji_shortcodes enable row level security;
create trigger _100_refuse_truncate before truncate on app_private.emoji_shortcodes
  for each statement execute function app_private.tg_any__refuse_truncate();
insert into app_private.emoji_shortcodes (name)
  select name from regexp_split_to_table(btrim('
  +1 -1 100 1234 8ball a ab abacus abc abcd accept accordion adhesive_bandage admission_tickets adult aerial_tramway airplane airplane_arriving
  airplane_departure alarm_clock alembic alien ambulance amphora anatomical_heart anchor angel anger angry anguished ant apple aquarius aries
  arrow_backward arrow_double_down arrow_double_up arrow_down arrow_down_small arrow_forward arrow_heading_down arrow_heading_up arrow_left
  arrow_lower_left arrow_lower_right arrow_right arrow_right_hook arrow_up arrow_up_down arrow_up_small arrow_upper_left arrow_upper_right
  arrows_clockwise arrows_counterclockwise art articulated_lorry artist astonished astronaut athletic_shoe atm atom_symbol auto_rickshaw avocado axe b
  baby baby_bottle baby_chick baby_symbol back bacon badger bagel baggage_claim baguette_bread bald_man bald_person bald_woman ballet_shoes balloon
  ballot_box_with_ballot ballot_box_with_check bamboo banana bangbang banjo bank bar_chart barber barely_sunny baseball basket basketball bat bath
  bathtub battery beach_with_umbrella beans bear bearded_person beaver bed bee beer beers beetle beginner bell bell_pepper bellhop_bell bento
  beverage_box bicyclist bike bikini billed_cap biohazard_sign bird birthday bison biting_lip black_bird black_cat black_circle black_circle_for_record
  black_heart black_joker black_large_square black_medium_small_square black_medium_square black_nib black_small_square black_square_button
  black_square_for_stop blond-haired-man blond-haired-woman blossom blowfish blue_book blue_car blue_heart blueberries blush boar boat bomb bone book
  bookmark bookmark_tabs books boom boomerang boot bouquet bow bow_and_arrow bowl_with_spoon bowling boxing_glove boy brain bread breast-feeding bricks
  bride_with_veil bridge_at_night briefcase briefs broccoli broken_chain broken_heart broom brown_heart brown_mushroom bubble_tea bubbles bucket bug
  building_construction bulb bullettrain_front bullettrain_side burrito bus busstop bust_in_silhouette busts_in_silhouette butter butterfly cactus cake
  calendar call_me_hand calling camel camera camera_with_flash camping cancer candle candy canned_food canoe capital_abcd capricorn car card_file_box
  card_index card_index_dividers carousel_horse carpentry_saw carrot cat cat2 cd chains chair champagne chart chart_with_downwards_trend
  chart_with_upwards_trend checkered_flag cheese_wedge cherries cherry_blossom chess_pawn chestnut chicken child children_crossing chipmunk
  chocolate_bar chopsticks christmas_tree church cinema circus_tent city_sunrise city_sunset cityscape cl clap clapper classical_building
  clinking_glasses clipboard clock1 clock10 clock1030 clock11 clock1130 clock12 clock1230 clock130 clock2 clock230 clock3 clock330 clock4 clock430
  clock5 clock530 clock6 clock630 clock7 clock730 clock8 clock830 clock9 clock930 closed_book closed_lock_with_key closed_umbrella cloud clown_face
  clubs cn coat cockroach cocktail coconut coffee coffin coin cold_face cold_sweat collision comet compass compression computer confetti_ball confounded
  confused congratulations construction construction_worker control_knobs convenience_store cook cookie cooking cool cop copyright coral corn
  couch_and_lamp couple couple_with_heart couplekiss cow cow2 crab credit_card crescent_moon cricket cricket_bat_and_ball crocodile croissant
  crossed_fingers crossed_flags crossed_swords crown crutch cry crying_cat_face crystal_ball cucumber cup_with_straw cupcake cupid curling_stone
  curly_haired_man curly_haired_person curly_haired_woman curly_loop currency_exchange curry custard customs cut_of_meat cyclone dagger_knife dancer
  dancers dango dark_sunglasses dart dash date de deaf_man deaf_person deaf_woman deciduous_tree deer department_store derelict_house_building desert
  desert_island desktop_computer diamonds disappointed disappointed_relieved disguised_face diving_mask diya_lamp dizzy dizzy_face dna do_not_litter
  dodo dog dog2 dollar dolls dolphin donkey door dotted_line_face double_vertical_bar doughnut dove_of_peace dragon dragon_face dress dromedary_camel
  drooling_face drop_of_blood droplet drum_with_drumsticks duck dumpling dvd e-mail eagle ear ear_of_rice ear_with_hearing_aid earth_africa
  earth_americas earth_asia egg eggplant eight eight_pointed_black_star eight_spoked_asterisk eject electric_plug elephant elevator elf email empty_nest
  end envelope envelope_with_arrow es euro european_castle european_post_office evergreen_tree exclamation exploding_head expressionless eye
  eye-in-speech-bubble eyeglasses eyes face_exhaling face_holding_back_tears face_in_clouds face_palm face_vomiting face_with_bags_under_eyes
  face_with_cowboy_hat face_with_diagonal_mouth face_with_hand_over_mouth face_with_head_bandage face_with_monocle face_with_one_eyebrow_raised
  face_with_open_mouth_vomiting face_with_peeking_eye face_with_raised_eyebrow face_with_rolling_eyes face_with_spiral_eyes face_with_symbols_on_mouth
  face_with_thermometer facepunch factory factory_worker fairy falafel fallen_leaf family family_adult_adult_child family_adult_adult_child_child
  family_adult_child family_adult_child_child farmer fast_forward fax fearful feather feet female-artist female-astronaut female-construction-worker
  female-cook female-detective female-doctor female-factory-worker female-farmer female-firefighter female-guard female-judge female-mechanic
  female-office-worker female-pilot female-police-officer female-scientist female-singer female-student female-teacher female-technologist female_elf
  female_fairy female_genie female_mage female_sign female_superhero female_supervillain female_vampire female_zombie fencer ferris_wheel ferry
  field_hockey_stick_and_ball file_cabinet file_folder film_frames film_projector fingerprint fire fire_engine fire_extinguisher firecracker firefighter
  fireworks first_place_medal first_quarter_moon first_quarter_moon_with_face fish fish_cake fishing_pole_and_fish fist five flag-ac flag-ad flag-ae
  flag-af flag-ag flag-ai flag-al flag-am flag-ao flag-aq flag-ar flag-as flag-at flag-au flag-aw flag-ax flag-az flag-ba flag-bb flag-bd flag-be
  flag-bf flag-bg flag-bh flag-bi flag-bj flag-bl flag-bm flag-bn flag-bo flag-bq flag-br flag-bs flag-bt flag-bv flag-bw flag-by flag-bz flag-ca
  flag-cc flag-cd flag-cf flag-cg flag-ch flag-ci flag-ck flag-cl flag-cm flag-cn flag-co flag-cp flag-cr flag-cu flag-cv flag-cw flag-cx flag-cy
  flag-cz flag-de flag-dg flag-dj flag-dk flag-dm flag-do flag-dz flag-ea flag-ec flag-ee flag-eg flag-eh flag-england flag-er flag-es flag-et flag-eu
  flag-fi flag-fj flag-fk flag-fm flag-fo flag-fr flag-ga flag-gb flag-gd flag-ge flag-gf flag-gg flag-gh flag-gi flag-gl flag-gm flag-gn flag-gp
  flag-gq flag-gr flag-gs flag-gt flag-gu flag-gw flag-gy flag-hk flag-hm flag-hn flag-hr flag-ht flag-hu flag-ic flag-id flag-ie flag-il flag-im
  flag-in flag-io flag-iq flag-ir flag-is flag-it flag-je flag-jm flag-jo flag-jp flag-ke flag-kg flag-kh flag-ki flag-km flag-kn flag-kp flag-kr
  flag-kw flag-ky flag-kz flag-la flag-lb flag-lc flag-li flag-lk flag-lr flag-ls flag-lt flag-lu flag-lv flag-ly flag-ma flag-mc flag-md flag-me
  flag-mf flag-mg flag-mh flag-mk flag-ml flag-mm flag-mn flag-mo flag-mp flag-mq flag-mr flag-ms flag-mt flag-mu flag-mv flag-mw flag-mx flag-my
  flag-mz flag-na flag-nc flag-ne flag-nf flag-ng flag-ni flag-nl flag-no flag-np flag-nr flag-nu flag-nz flag-om flag-pa flag-pe flag-pf flag-pg
  flag-ph flag-pk flag-pl flag-pm flag-pn flag-pr flag-ps flag-pt flag-pw flag-py flag-qa flag-re flag-ro flag-rs flag-ru flag-rw flag-sa flag-sark
  flag-sb flag-sc flag-scotland flag-sd flag-se flag-sg flag-sh flag-si flag-sj flag-sk flag-sl flag-sm flag-sn flag-so flag-sr flag-ss flag-st flag-sv
  flag-sx flag-sy flag-sz flag-ta flag-tc flag-td flag-tf flag-tg flag-th flag-tj flag-tk flag-tl flag-tm flag-tn flag-to flag-tr flag-tt flag-tv
  flag-tw flag-tz flag-ua flag-ug flag-um flag-un flag-us flag-uy flag-uz flag-va flag-vc flag-ve flag-vg flag-vi flag-vn flag-vu flag-wales flag-wf
  flag-ws flag-xk flag-ye flag-yt flag-za flag-zm flag-zw flags flamingo flashlight flatbread fleur_de_lis flipper floppy_disk flower_playing_cards
  flushed flute fly flying_disc flying_saucer fog foggy folding_hand_fan fondue foot football footprints fork_and_knife fortune_cookie fountain four
  four_leaf_clover fox_face fr frame_with_picture free fried_egg fried_shrimp fries frog frowning fuelpump full_moon full_moon_with_face funeral_urn
  game_die garlic gb gear gem gemini genie ghost gift gift_heart ginger_root giraffe_face girl glass_of_milk globe_with_meridians gloves goal_net goat
  goggles golf golfer goose gorilla grapes green_apple green_book green_heart green_salad grey_exclamation grey_heart grey_question grimacing grin
  grinning grinning_face_with_star_eyes guardsman guide_dog guitar gun hair_pick haircut hamburger hammer hammer_and_pick hammer_and_wrench hamsa
  hamster hand handbag handball handshake hankey harp hash hatched_chick hatching_chick head_shaking_horizontally head_shaking_vertically headphones
  headstone health_worker hear_no_evil heart heart_decoration heart_eyes heart_eyes_cat heart_hands heart_on_fire heartbeat heartpulse hearts
  heavy_check_mark heavy_division_sign heavy_dollar_sign heavy_equals_sign heavy_exclamation_mark heavy_minus_sign heavy_multiplication_x
  heavy_plus_sign hedgehog helicopter helmet_with_white_cross herb hibiscus high_brightness high_heel hiking_boot hindu_temple hippopotamus hocho hole
  honey_pot honeybee hook horse horse_racing hospital hot_face hot_pepper hotdog hotel hotsprings hourglass hourglass_flowing_sand house house_buildings
  house_with_garden hugging_face hushed hut hyacinth i_love_you_hand_sign ice_cream ice_cube ice_hockey_stick_and_puck ice_skate icecream id
  identification_card ideograph_advantage imp inbox_tray incoming_envelope index_pointing_at_the_viewer infinity information_desk_person
  information_source innocent interrobang iphone it izakaya_lantern jack_o_lantern japan japanese_castle japanese_goblin japanese_ogre jar jeans
  jellyfish jigsaw joy joy_cat joystick jp judge juggling kaaba kangaroo key keyboard keycap_star keycap_ten khanda kimono kiss kissing kissing_cat
  kissing_closed_eyes kissing_heart kissing_smiling_eyes kite kiwifruit kneeling_person knife knife_fork_plate knot koala koko kr lab_coat label
  lacrosse ladder lady_beetle ladybug lantern large_blue_circle large_blue_diamond large_blue_square large_brown_circle large_brown_square
  large_green_circle large_green_square large_orange_circle large_orange_diamond large_orange_square large_purple_circle large_purple_square
  large_red_square large_yellow_circle large_yellow_square last_quarter_moon last_quarter_moon_with_face latin_cross laughing leafless_tree leafy_green
  leaves ledger left-facing_fist left_luggage left_right_arrow left_speech_bubble leftwards_arrow_with_hook leftwards_hand leftwards_pushing_hand leg
  lemon leo leopard level_slider libra light_blue_heart light_rail lightning lightning_cloud lime link linked_paperclips lion_face lips lipstick lizard
  llama lobster lock lock_with_ink_pen lollipop long_drum loop lotion_bottle lotus loud_sound loudspeaker love_hotel love_letter low_battery
  low_brightness lower_left_ballpoint_pen lower_left_crayon lower_left_fountain_pen lower_left_paintbrush luggage lungs lying_face m mag mag_right mage
  magic_wand magnet mahjong mailbox mailbox_closed mailbox_with_mail mailbox_with_no_mail male-artist male-astronaut male-construction-worker male-cook
  male-detective male-doctor male-factory-worker male-farmer male-firefighter male-guard male-judge male-mechanic male-office-worker male-pilot
  male-police-officer male-scientist male-singer male-student male-teacher male-technologist male_elf male_fairy male_genie male_mage male_sign
  male_superhero male_supervillain male_vampire male_zombie mammoth man man-biking man-bouncing-ball man-bowing man-boy man-boy-boy man-cartwheeling
  man-facepalming man-frowning man-gesturing-no man-gesturing-ok man-getting-haircut man-getting-massage man-girl man-girl-boy man-girl-girl man-golfing
  man-heart-man man-juggling man-kiss-man man-lifting-weights man-man-boy man-man-boy-boy man-man-girl man-man-girl-boy man-man-girl-girl
  man-mountain-biking man-playing-handball man-playing-water-polo man-pouting man-raising-hand man-rowing-boat man-running man-shrugging man-surfing
  man-swimming man-tipping-hand man-walking man-wearing-turban man-with-bunny-ears-partying man-woman-boy man-woman-boy-boy man-woman-girl
  man-woman-girl-boy man-woman-girl-girl man-wrestling man_and_woman_holding_hands man_climbing man_dancing man_feeding_baby man_in_lotus_position
  man_in_manual_wheelchair man_in_motorized_wheelchair man_in_steamy_room man_in_tuxedo man_kneeling man_kneeling_facing_right man_running_facing_right
  man_standing man_walking_facing_right man_with_beard man_with_gua_pi_mao man_with_probing_cane man_with_turban man_with_veil mango mans_shoe
  mantelpiece_clock manual_wheelchair maple_leaf maracas martial_arts_uniform mask massage mate_drink meat_on_bone mechanic mechanical_arm
  mechanical_leg medal medical_symbol mega melon melting_face memo men-with-bunny-ears-partying men_holding_hands mending_heart
  menorah_with_nine_branches mens mermaid merman merperson metro microbe microphone microscope middle_finger military_helmet milky_way minibus minidisc
  mirror mirror_ball mobile_phone_off money_mouth_face money_with_wings moneybag monkey monkey_face monorail moon moon_cake moose mortar_board mosque
  mosquito mostly_sunny mother_christmas motor_boat motor_scooter motorized_wheelchair motorway mount_fuji mountain mountain_bicyclist mountain_cableway
  mountain_railway mouse mouse2 mouse_trap movie_camera moyai mrs_claus muscle mushroom musical_keyboard musical_note musical_score mute mx_claus
  nail_care name_badge national_park nauseated_face nazar_amulet necktie negative_squared_cross_mark nerd_face nest_with_eggs nesting_dolls neutral_face
  new new_moon new_moon_with_face newspaper ng night_with_stars nine ninja no_bell no_bicycles no_entry no_entry_sign no_good no_mobile_phones no_mouth
  no_pedestrians no_smoking non-potable_water nose notebook notebook_with_decorative_cover notes nut_and_bolt o o2 ocean octagonal_sign octopus oden
  office office_worker oil_drum ok ok_hand ok_woman old_key older_adult older_man older_woman olive om_symbol on oncoming_automobile oncoming_bus
  oncoming_police_car oncoming_taxi one one-piece_swimsuit onion open_book open_file_folder open_hands open_mouth ophiuchus orange_book orange_heart
  orangutan orthodox_cross otter outbox_tray owl ox oyster package page_facing_up page_with_curl pager palm_down_hand palm_tree palm_up_hand
  palms_up_together pancakes panda_face paperclip parachute parking parrot part_alternation_mark partly_sunny partly_sunny_rain partying_face
  passenger_ship passport_control paw_prints pea_pod peace_symbol peach peacock peanuts pear pencil pencil2 penguin pensive people_holding_hands
  people_hugging performing_arts persevere person_climbing person_doing_cartwheel person_feeding_baby person_frowning person_in_lotus_position
  person_in_manual_wheelchair person_in_motorized_wheelchair person_in_steamy_room person_in_tuxedo person_kneeling_facing_right
  person_running_facing_right person_walking_facing_right person_with_ball person_with_blond_hair person_with_crown person_with_headscarf
  person_with_pouting_face person_with_probing_cane petri_dish phoenix phone pick pickup_truck pie pig pig2 pig_nose pill pilot pinata pinched_fingers
  pinching_hand pineapple pink_heart pirate_flag pisces pizza placard place_of_worship playground_slide pleading_face plunger point_down point_left
  point_right point_up point_up_2 polar_bear police_car poodle poop popcorn post_office postal_horn postbox potable_water potato potted_plant pouch
  poultry_leg pound pouring_liquid pouting_cat pray prayer_beads pregnant_man pregnant_person pregnant_woman pretzel prince princess printer
  probing_cane punch purple_heart purse pushpin put_litter_in_its_place question rabbit rabbit2 raccoon racehorse racing_car racing_motorcycle radio
  radio_button radioactive_sign rage railway_car railway_track rain_cloud rainbow rainbow-flag raised_back_of_hand raised_hand raised_hands raising_hand
  ram ramen rat razor receipt recycle red_car red_circle red_envelope red_haired_man red_haired_person red_haired_woman registered relaxed relieved
  reminder_ribbon repeat repeat_one restroom revolving_hearts rewind rhinoceros ribbon rice rice_ball rice_cracker rice_scene right-facing_fist
  right_anger_bubble rightwards_hand rightwards_pushing_hand ring ring_buoy ringed_planet robot_face rock rocket roll_of_paper rolled_up_newspaper
  roller_coaster roller_skate rolling_on_the_floor_laughing rooster root_vegetable rose rosette rotating_light round_pushpin rowboat ru rugby_football
  runner running running_shirt_with_sash sa safety_pin safety_vest sagittarius sailboat sake salt saluting_face sandal sandwich santa sari satellite
  satellite_antenna satisfied sauropod saxophone scales scarf school school_satchel scientist scissors scooter scorpion scorpius scream scream_cat
  screwdriver scroll seal seat second_place_medal secret see_no_evil seedling selfie service_dog seven sewing_needle shaking_face shallow_pan_of_food
  shamrock shark shaved_ice sheep shell shield shinto_shrine ship shirt shit shoe shopping_bags shopping_trolley shorts shovel shower shrimp shrug
  shushing_face sign_of_the_horns signal_strength singer six six_pointed_star skateboard ski skier skin-tone-2 skin-tone-3 skin-tone-4 skin-tone-5
  skin-tone-6 skull skull_and_crossbones skunk sled sleeping sleeping_accommodation sleepy sleuth_or_spy slightly_frowning_face slightly_smiling_face
  slot_machine sloth small_airplane small_blue_diamond small_orange_diamond small_red_triangle small_red_triangle_down smile smile_cat smiley smiley_cat
  smiling_face_with_3_hearts smiling_face_with_tear smiling_imp smirk smirk_cat smoking snail snake sneezing_face snow_capped_mountain snow_cloud
  snowboarder snowflake snowman snowman_without_snow soap sob soccer socks softball soon sos sound space_invader spades spaghetti sparkle sparkler
  sparkles sparkling_heart speak_no_evil speaker speaking_head_in_silhouette speech_balloon speedboat spider spider_web spiral_calendar_pad
  spiral_note_pad splatter spock-hand sponge spoon sports_medal squid stadium staff_of_aesculapius standing_person star star-struck star2
  star_and_crescent star_of_david stars station statue_of_liberty steam_locomotive stethoscope stew stopwatch straight_ruler strawberry stuck_out_tongue
  stuck_out_tongue_closed_eyes stuck_out_tongue_winking_eye student studio_microphone stuffed_flatbread sun_behind_cloud sun_behind_rain_cloud
  sun_small_cloud sun_with_face sunflower sunglasses sunny sunrise sunrise_over_mountains superhero supervillain surfer sushi suspension_railway swan
  sweat sweat_drops sweat_smile sweet_potato swimmer symbols synagogue syringe t-rex table_tennis_paddle_and_ball taco tada takeout_box tamale
  tanabata_tree tangerine taurus taxi tea teacher teapot technologist teddy_bear telephone telephone_receiver telescope tennis tent test_tube the_horns
  thermometer thinking_face third_place_medal thong_sandal thought_balloon thread three three_button_mouse thumbsdown thumbsup thunder_cloud_and_rain
  ticket tiger tiger2 timer_clock tired_face tm toilet tokyo_tower tomato tongue toolbox tooth toothbrush top tophat tornado tornado_cloud trackball
  tractor traffic_light train train2 tram transgender_flag transgender_symbol triangular_flag_on_post triangular_ruler trident triumph troll trolleybus
  trophy tropical_drink tropical_fish truck trumpet tshirt tulip tumbler_glass turkey turtle tv twisted_rightwards_arrows two two_hearts
  two_men_holding_hands two_women_holding_hands u5272 u5408 u55b6 u6307 u6708 u6709 u6e80 u7121 u7533 u7981 u7a7a uk umbrella umbrella_on_ground
  umbrella_with_rain_drops unamused underage unicorn_face unlock up upside_down_face us v vampire vertical_traffic_light vhs vibration_mode video_camera
  video_game violin virgo volcano volleyball vs waffle walking waning_crescent_moon waning_gibbous_moon warning wastebasket watch water_buffalo
  water_polo watermelon wave waving_black_flag waving_white_flag wavy_dash waxing_crescent_moon waxing_gibbous_moon wc weary wedding weight_lifter whale
  whale2 wheel wheel_of_dharma wheelchair white_check_mark white_circle white_flower white_frowning_face white_haired_man white_haired_person
  white_haired_woman white_heart white_large_square white_medium_small_square white_medium_square white_small_square white_square_button wilted_flower
  wind_blowing_face wind_chime window wine_glass wing wink wireless wolf woman woman-biking woman-bouncing-ball woman-bowing woman-boy woman-boy-boy
  woman-cartwheeling woman-facepalming woman-frowning woman-gesturing-no woman-gesturing-ok woman-getting-haircut woman-getting-massage woman-girl
  woman-girl-boy woman-girl-girl woman-golfing woman-heart-man woman-heart-woman woman-juggling woman-kiss-man woman-kiss-woman woman-lifting-weights
  woman-mountain-biking woman-playing-handball woman-playing-water-polo woman-pouting woman-raising-hand woman-rowing-boat woman-running woman-shrugging
  woman-surfing woman-swimming woman-tipping-hand woman-walking woman-wearing-turban woman-with-bunny-ears-partying woman-woman-boy woman-woman-boy-boy
  woman-woman-girl woman-woman-girl-boy woman-woman-girl-girl woman-wrestling woman_and_man_holding_hands woman_climbing woman_feeding_baby
  woman_in_lotus_position woman_in_manual_wheelchair woman_in_motorized_wheelchair woman_in_steamy_room woman_in_tuxedo woman_kneeling
  woman_kneeling_facing_right woman_running_facing_right woman_standing woman_walking_facing_right woman_with_beard woman_with_probing_cane
  woman_with_veil womans_clothes womans_flat_shoe womans_hat women-with-bunny-ears-partying women_holding_hands womens wood woozy_face world_map worm
  worried wrench wrestlers writing_hand x x-ray yarn yawning_face yellow_heart yen yin_yang yo-yo yum zany_face zap zebra_face zero zipper_mouth_face
  zombie zzz
', E' \n'), '\s+') as name;

create type app_public.custom_emoji_policy as (
  who_adds app_public.emoji_adders,
  most integer,
  viewer_may_add boolean,
  viewer_is_manager boolean,
  version bigint
);
comment on type app_public.custom_emoji_policy is 'What holds for the custom emoji of a workspace.';
comment on column app_public.custom_emoji_policy.who_adds is 'Who adds emoji.';
comment on column app_public.custom_emoji_policy.most is 'How many there may be.';
comment on column app_public.custom_emoji_policy.viewer_may_add is 'Whether you may add one.';
comment on column app_public.custom_emoji_policy.viewer_is_manager is 'Whether you may change and remove those of others.';
comment on column app_public.custom_emoji_policy.version is 'How often the emoji have changed.';

--! Included functions/custom-emoji/tg_custom_emoji__names.sql
create or replace function app_private.tg_custom_emoji__names() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from app_private.custom_emoji_names where emoji_id = new.id;
  if new.removed_at is null then
    insert into app_private.custom_emoji_names (workspace_id, name, emoji_id)
      select new.workspace_id, name, new.id from unnest(array[new.name] || new.aliases) as name;
  end if;
  return null;
end
$$;
comment on function app_private.tg_custom_emoji__names() is 'Keeps by which names each emoji is meant, each of which means one.';
--! EndIncluded functions/custom-emoji/tg_custom_emoji__names.sql

--! Included functions/custom-emoji/tg_custom_emoji_names__refuse_standard.sql
create or replace function app_private.tg_custom_emoji_names__refuse_standard() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from app_private.emoji_shortcodes where emoji_shortcodes.name = new.name) then
    raise exception 'This name means an emoji that everybody has.' using errcode = 'TR409';
  end if;
  return new;
end
$$;
comment on function app_private.tg_custom_emoji_names__refuse_standard() is 'Refuses the names by which other systems know the emoji of Unicode.';
--! EndIncluded functions/custom-emoji/tg_custom_emoji_names__refuse_standard.sql

create trigger _500_names after insert or update of name, aliases, removed_at on app_public.custom_emoji
  for each row execute function app_private.tg_custom_emoji__names();
create trigger _300_refuse_standard before insert or update of name on app_private.custom_emoji_names
  for each row execute function app_private.tg_custom_emoji_names__refuse_standard();

--! Included functions/custom-emoji/custom_reaction_of.sql
create or replace function app_private.custom_reaction_of(emoji text) returns text
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select ':' || custom_emoji.name || ':' from app_private.custom_emoji_names
    join app_public.custom_emoji on custom_emoji.id = custom_emoji_names.emoji_id
    where starts_with(custom_reaction_of.emoji, ':')
      and custom_emoji_names.workspace_id = app_hidden.current_workspace_id()
      and custom_emoji_names.name = app_hidden.plain_emoji_name(custom_reaction_of.emoji);
$$;
comment on function app_private.custom_reaction_of(text) is
  'The reaction that a name between colons stands for, of an emoji that there is: by one of its other names, too. Null for any other text.';
--! EndIncluded functions/custom-emoji/custom_reaction_of.sql

--! Included functions/custom-emoji/custom_reaction.sql
create or replace function app_private.custom_reaction(emoji text) returns text
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_reaction constant text := app_private.custom_reaction_of(custom_reaction.emoji);
begin
  if v_reaction is null then
    raise exception 'There is no emoji with this name.' using errcode = 'TR404';
  end if;
  return v_reaction;
end
$$;
comment on function app_private.custom_reaction(text) is 'As custom_reaction_of; NOT_FOUND where there is no such emoji.';
--! EndIncluded functions/custom-emoji/custom_reaction.sql

--! Included functions/custom-emoji/next_emoji_version.sql
/*
 * Changes of one workspace's emoji come one after the other: numbers have no gaps, none is over the limit, and who may is
 * asked of what holds. One row a workspace tells all of its people, however many they are: userEvents reads it as theirs.
 */
create or replace function app_private.next_emoji_version() returns app_private.custom_emoji_sets
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_workspace_id constant uuid := app_hidden.current_workspace_id();
  v_set app_private.custom_emoji_sets;
begin
  insert into app_private.custom_emoji_sets as known (workspace_id, version, xid, changed_at)
    values (
      v_workspace_id,
      1,
      (pg_current_xact_id()::text::bigint
        + coalesce((select xid_offset from app_private.database_runs order by number desc limit 1), 0))::text::xid8,
      clock_timestamp())
    on conflict on constraint custom_emoji_sets_pkey do update
      set version = known.version + 1, xid = excluded.xid, changed_at = excluded.changed_at
    returning * into v_set;
  -- As check_workspace_permission has it: whoever takes a permission away waits for what is done by it.
  if app_hidden.current_user_id() is not null then
    perform app_private.share_until_commit('permissions', app_hidden.current_user_id()::text);
  end if;
  perform app_private.ring('g:' || v_workspace_id);
  return v_set;
end
$$;
comment on function app_private.next_emoji_version() is
  'Locks the emoji of the workspace of whoever asks, counts a change of them, and tells everybody there.';
--! EndIncluded functions/custom-emoji/next_emoji_version.sql

--! Included functions/custom-emoji/is_emoji_manager.sql
create or replace function app_private.is_emoji_manager() returns boolean
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  return exists (select from app_private.emoji_managers where user_id = app_hidden.current_user_id())
    or app_private.may_in_workspace(app_hidden.current_user_id(), 'manage_emoji');
end
$$;
comment on function app_private.is_emoji_manager() is
  'Whether the administrators have named whoever asks for this, or a role of theirs gives it.';
--! EndIncluded functions/custom-emoji/is_emoji_manager.sql

--! Included functions/custom-emoji/may_add_emoji.sql
create or replace function app_private.may_add_emoji(who_adds app_public.emoji_adders) returns boolean
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select app_private.is_emoji_manager()
    or (may_add_emoji.who_adds = 'members' and app_hidden.current_user_id() is not null and not app_hidden.is_guest());
$$;
comment on function app_private.may_add_emoji(app_public.emoji_adders) is 'Whether whoever asks may add an emoji, by who may in their workspace.';
--! EndIncluded functions/custom-emoji/may_add_emoji.sql

--! Included functions/custom-emoji/custom_emoji_policy.sql
create or replace function app_public.custom_emoji_policy() returns app_public.custom_emoji_policy
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select row(
      rules.who_adds,
      rules.most,
      app_private.may_add_emoji(rules.who_adds),
      app_private.is_emoji_manager(),
      coalesce(sets.version, 0)
    )::app_public.custom_emoji_policy
    from (select app_hidden.current_workspace_id() as id) as workspace
    left join app_private.custom_emoji_sets as sets on sets.workspace_id = workspace.id
    cross join lateral (select coalesce(sets.who_adds, 'members') as who_adds, coalesce(sets.most, 500) as most) as rules;
$$;
comment on function app_public.custom_emoji_policy() is
  'What holds for the custom emoji of your workspace, and what you may do.';
grant execute on function app_public.custom_emoji_policy() to trumpet_user;
--! EndIncluded functions/custom-emoji/custom_emoji_policy.sql

--! Included functions/custom-emoji/custom_emoji.sql
create or replace function app_public.custom_emoji(since_version bigint default null) returns setof app_public.custom_emoji
language sql stable security invoker rows 100
set search_path = pg_catalog, pg_temp
as $$
  select custom_emoji.* from app_public.custom_emoji
    where case when custom_emoji.since_version is null
      then removed_at is null
      else version > custom_emoji.since_version end
    order by version;
$$;
comment on function app_public.custom_emoji(bigint) is
  'The emoji of your workspace, in the order in which they were last changed. With `sinceVersion`, what has changed behind that version, those that were removed among them: give the highest `version` that you have seen, whenever there is a `CustomEmojiEvent`.';
grant execute on function app_public.custom_emoji(bigint) to trumpet_user;
--! EndIncluded functions/custom-emoji/custom_emoji.sql

--! Included functions/custom-emoji/plain_emoji_names.sql
create or replace function app_private.plain_emoji_names(aliases text[]) returns text[]
language plpgsql immutable security invoker parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_aliases_allowed constant integer := 10;
begin
  if cardinality(aliases) > v_aliases_allowed then
    raise exception 'An emoji has at most % other names.', v_aliases_allowed using errcode = 'TR400';
  end if;
  return array(select distinct app_hidden.plain_emoji_name(alias) as name from unnest(aliases) as alias order by name);
end
$$;
comment on function app_private.plain_emoji_names(text[]) is 'Other names of an emoji, as they are kept, each once.';
--! EndIncluded functions/custom-emoji/plain_emoji_names.sql

--! Included functions/custom-emoji/add_custom_emoji.sql
create or replace function app_public.add_custom_emoji(upload_id uuid, name text, aliases text[] default null) returns app_public.custom_emoji
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
  v_set app_private.custom_emoji_sets;
  v_upload app_private.uploads;
  v_emoji app_public.custom_emoji;
begin
  perform app_private.limit_rate('custom_emoji');
  v_set := app_private.next_emoji_version();
  if not app_private.may_add_emoji(v_set.who_adds) then
    raise exception 'You may not add emoji here.' using errcode = 'TR403';
  end if;
  select * into v_upload from app_private.uploads
    where uploads.id = add_custom_emoji.upload_id and uploader_id = v_user_id and emoji_since is null
      and (released_at is null or status = 'refused')
    for no key update;
  if v_upload.id is null then
    raise exception 'No such upload: %.', add_custom_emoji.upload_id using errcode = 'TR404';
  end if;
  if v_upload.status = 'refused' then
    raise exception 'This file was refused: %.', add_custom_emoji.upload_id using errcode = 'TR400';
  end if;
  if not v_upload.is_custom_emoji then
    raise exception 'This file is no emoji. Upload it with the metadata "purpose emoji".' using errcode = 'TR400';
  end if;
  if v_upload.status = 'processing' then
    -- BUSY, and not CONFLICT: a name that is taken is still taken in a second.
    raise exception 'This picture is still being processed.' using errcode = '55P03';
  end if;
  if v_set.most <= (
    select count(*) from app_public.custom_emoji where workspace_id = v_set.workspace_id and removed_at is null)
  then
    raise exception 'There are at most % emoji of your own.', v_set.most using errcode = 'TR409';
  end if;
  update app_private.uploads set emoji_since = now() where uploads.id = v_upload.id;
  insert into app_public.custom_emoji (name, aliases, picture_id, added_by_id, version, workspace_id)
    values (
      app_hidden.plain_emoji_name(add_custom_emoji.name),
      array_remove(
        app_private.plain_emoji_names(coalesce(add_custom_emoji.aliases, '{}')),
        app_hidden.plain_emoji_name(add_custom_emoji.name)),
      v_upload.id, v_user_id, v_set.version, v_set.workspace_id)
    returning * into v_emoji;
  perform app_private.check_still_here();
  return v_emoji;
end
$$;
comment on function app_public.add_custom_emoji(uuid, text, text[]) is
  'Adds an emoji to your workspace: a picture that you uploaded with the metadata `purpose emoji`, its name such as `party_parrot`, and up to 10 other names. BUSY while the picture is still being processed: try again in a second. Everybody there can use it as `:party_parrot:`, in messages and as a reaction.';
grant execute on function app_public.add_custom_emoji(uuid, text, text[]) to trumpet_user, trumpet_key;
--! EndIncluded functions/custom-emoji/add_custom_emoji.sql

--! Included functions/custom-emoji/lock_custom_emoji.sql
create or replace function app_private.lock_custom_emoji(custom_emoji_id uuid) returns app_public.custom_emoji
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id constant uuid := app_private.require_user();
  v_set app_private.custom_emoji_sets;
  v_emoji app_public.custom_emoji;
begin
  v_set := app_private.next_emoji_version();
  select * into v_emoji from app_public.custom_emoji
    where custom_emoji.id = lock_custom_emoji.custom_emoji_id and workspace_id = v_set.workspace_id and removed_at is null
    for no key update;
  if not found then
    raise exception 'There is no such emoji.' using errcode = 'TR404';
  end if;
  if v_emoji.added_by_id is distinct from v_user_id and not app_private.is_emoji_manager() then
    raise exception 'Only who added an emoji, and who manages them, may change it.' using errcode = 'TR403';
  end if;
  v_emoji.version := v_set.version;
  return v_emoji;
end
$$;
comment on function app_private.lock_custom_emoji(uuid) is
  'Locks an emoji for somebody who may change it, with the version that it has from then on, or raises the error that says why not.';
--! EndIncluded functions/custom-emoji/lock_custom_emoji.sql

--! Included functions/custom-emoji/set_custom_emoji_aliases.sql
create or replace function app_public.set_custom_emoji_aliases(custom_emoji_id uuid, aliases text[]) returns app_public.custom_emoji
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_emoji app_public.custom_emoji;
begin
  perform app_private.limit_rate('custom_emoji');
  v_emoji := app_private.lock_custom_emoji(set_custom_emoji_aliases.custom_emoji_id);
  update app_public.custom_emoji
    set aliases = array_remove(app_private.plain_emoji_names(set_custom_emoji_aliases.aliases), v_emoji.name), version = v_emoji.version
    where custom_emoji.id = v_emoji.id
    returning * into v_emoji;
  perform app_private.check_still_here();
  return v_emoji;
end
$$;
comment on function app_public.set_custom_emoji_aliases(uuid, text[]) is
  'Gives an emoji these other names, in place of those that it had. For who added it, and who manages emoji.';
grant execute on function app_public.set_custom_emoji_aliases(uuid, text[]) to trumpet_user, trumpet_key;
--! EndIncluded functions/custom-emoji/set_custom_emoji_aliases.sql

--! Included functions/custom-emoji/take_custom_emoji_away.sql
create or replace function app_private.take_custom_emoji_away(emoji app_public.custom_emoji) returns app_public.custom_emoji
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_emoji app_public.custom_emoji;
begin
  update app_private.uploads set released_at = now(), filename = 'file'
    where uploads.id = emoji.picture_id and released_at is null;
  perform app_private.schedule_removals();
  -- Whoever was away for longer asks for all of them.
  delete from app_public.custom_emoji
    where workspace_id = emoji.workspace_id and removed_at < now() - interval '90 days';
  update app_public.custom_emoji set removed_at = now(), picture_id = null, version = emoji.version
    where custom_emoji.id = emoji.id
    returning * into v_emoji;
  return v_emoji;
end
$$;
comment on function app_private.take_custom_emoji_away(app_public.custom_emoji) is 'Removes an emoji that is locked, and its picture.';
--! EndIncluded functions/custom-emoji/take_custom_emoji_away.sql

--! Included functions/custom-emoji/remove_custom_emoji.sql
create or replace function app_public.remove_custom_emoji(custom_emoji_id uuid) returns app_public.custom_emoji
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_emoji app_public.custom_emoji;
begin
  perform app_private.limit_rate('custom_emoji');
  v_emoji := app_private.take_custom_emoji_away(app_private.lock_custom_emoji(remove_custom_emoji.custom_emoji_id));
  perform app_private.check_still_here();
  return v_emoji;
end
$$;
comment on function app_public.remove_custom_emoji(uuid) is
  'Takes an emoji away. Messages and reactions keep its name as a text, and show the next emoji that is called so. For who added it, and who manages emoji.';
grant execute on function app_public.remove_custom_emoji(uuid) to trumpet_user, trumpet_key;
--! EndIncluded functions/custom-emoji/remove_custom_emoji.sql

--! Included functions/custom-emoji/find_custom_emoji.sql
create or replace function app_hidden.find_custom_emoji(picture_id uuid) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from app_private.uploads
      where id = find_custom_emoji.picture_id and emoji_since is not null and released_at is null
  );
$$;
comment on function app_hidden.find_custom_emoji(uuid) is 'Whether it is the picture of a custom emoji at this moment.';
grant execute on function app_hidden.find_custom_emoji(uuid) to trumpet_authenticator;
--! EndIncluded functions/custom-emoji/find_custom_emoji.sql

--! Included functions/custom-emoji/keep_custom_emoji_of.sql
create or replace function app_private.keep_custom_emoji_of(user_id uuid) returns void
language sql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
  update app_public.custom_emoji set added_by_id = null where added_by_id = keep_custom_emoji_of.user_id;
  update app_private.uploads set uploader_id = null
    where uploader_id = keep_custom_emoji_of.user_id and emoji_since is not null;
  delete from app_private.emoji_managers where emoji_managers.user_id = keep_custom_emoji_of.user_id;
$$;
comment on function app_private.keep_custom_emoji_of(uuid) is
  'The emoji that somebody added stay when their account goes, in nobody''s name: others have written with them.';
--! EndIncluded functions/custom-emoji/keep_custom_emoji_of.sql

--! Included functions/custom-emoji/release_emoji_pictures.sql
create or replace function app_private.release_emoji_pictures(workspace_id uuid) returns void
language plpgsql volatile security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
  update app_private.uploads set released_at = now(), filename = 'file'
    where released_at is null and uploads.id in (
      select picture_id from app_public.custom_emoji where custom_emoji.workspace_id = release_emoji_pictures.workspace_id);
  if found then
    perform app_private.schedule_removals();
  end if;
end
$$;
comment on function app_private.release_emoji_pictures(uuid) is 'Has the worker remove the pictures of a workspace''s emoji.';
--! EndIncluded functions/custom-emoji/release_emoji_pictures.sql

--! Included functions/custom-emoji-at-psql/set_custom_emoji_rules.sql
create or replace function app_admin.set_custom_emoji_rules(who_adds app_public.emoji_adders, most integer, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into app_private.custom_emoji_sets (workspace_id, who_adds, most)
    values (app_hidden.current_workspace_id(), set_custom_emoji_rules.who_adds, set_custom_emoji_rules.most)
    on conflict on constraint custom_emoji_sets_pkey do update set who_adds = excluded.who_adds, most = excluded.most;
  perform app_private.note_admin_action(
    'set_custom_emoji_rules', format('%s, at most %s', set_custom_emoji_rules.who_adds, set_custom_emoji_rules.most),
    set_custom_emoji_rules.reason);
  return format('%s add emoji, and there are at most %s', set_custom_emoji_rules.who_adds, set_custom_emoji_rules.most);
end
$$;
comment on function app_admin.set_custom_emoji_rules(app_public.emoji_adders, integer, text) is
  'Says who adds emoji in a workspace (members, or managers alone), and how many there may be. Those that are there stay.';
grant execute on function app_admin.set_custom_emoji_rules(app_public.emoji_adders, integer, text) to trumpet_admin;
--! EndIncluded functions/custom-emoji-at-psql/set_custom_emoji_rules.sql

--! Included functions/custom-emoji-at-psql/set_emoji_manager.sql
create or replace function app_admin.set_emoji_manager(who text, is_manager boolean, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user constant app_public.users := app_private.find_user(who);
begin
  if set_emoji_manager.is_manager then
    insert into app_private.emoji_managers (user_id) values (v_user.id) on conflict on constraint emoji_managers_pkey do nothing;
  else
    delete from app_private.emoji_managers where emoji_managers.user_id = v_user.id;
  end if;
  perform app_private.note_admin_action(
    'set_emoji_manager', case when set_emoji_manager.is_manager then 'manages' else 'no longer' end, set_emoji_manager.reason, v_user.id);
  return format(
    case when set_emoji_manager.is_manager then '%s manages emoji' else '%s no longer manages emoji' end, v_user.username);
end
$$;
comment on function app_admin.set_emoji_manager(text, boolean, text) is
  'Lets somebody add emoji whoever else may, and change and remove those of others; or lets them no longer.';
grant execute on function app_admin.set_emoji_manager(text, boolean, text) to trumpet_admin;
--! EndIncluded functions/custom-emoji-at-psql/set_emoji_manager.sql

--! Included functions/custom-emoji-at-psql/remove_custom_emoji.sql
create or replace function app_admin.remove_custom_emoji(name text, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_set app_private.custom_emoji_sets;
  v_emoji app_public.custom_emoji;
begin
  v_set := app_private.next_emoji_version();
  select custom_emoji.* into v_emoji from app_private.custom_emoji_names
    join app_public.custom_emoji on custom_emoji.id = custom_emoji_names.emoji_id
    where custom_emoji_names.workspace_id = v_set.workspace_id
      and custom_emoji_names.name = app_hidden.plain_emoji_name(remove_custom_emoji.name);
  if not found then
    raise exception 'There is no emoji called %.', remove_custom_emoji.name using errcode = 'TR404';
  end if;
  v_emoji.version := v_set.version;
  perform app_private.take_custom_emoji_away(v_emoji);
  perform app_private.note_admin_action('remove_custom_emoji', v_emoji.name, remove_custom_emoji.reason, v_emoji.added_by_id);
  return format(':%s: is gone', v_emoji.name);
end
$$;
comment on function app_admin.remove_custom_emoji(text, text) is
  'Takes an emoji away, by any of its names. Its picture cannot be fetched any more, by whoever has no copy.';
grant execute on function app_admin.remove_custom_emoji(text, text) to trumpet_admin;
--! EndIncluded functions/custom-emoji-at-psql/remove_custom_emoji.sql

select app_private.audit_tables();
