--! Previous: sha1:1428dee1ef867c550497239076de46198079d016
--! Hash: sha1:d3e95f903184cf693c8ba5d0cd0044c5e9e1f965

/*
 * What an application keeps about rooms. It is in a table of its own: a send locks the room and reads its row, and is to
 * read nothing of this.
 */
create table app_public.room_data (
  room_id uuid primary key references app_public.rooms on delete cascade,
  data jsonb not null,
  constraint room_data_is_an_object check (jsonb_typeof(data) = 'object')
);
comment on table app_public.room_data is 'What an application keeps about rooms.';
comment on constraint room_data_pkey on app_public.room_data is 'One object a room.';
comment on column app_public.room_data.room_id is 'The room that has it.';
comment on column app_public.room_data.data is 'What it keeps, at most 8,192 bytes.';
alter table app_public.room_data enable row level security;
create trigger _100_refuse_truncate before truncate on app_public.room_data
  for each statement execute function app_private.tg_any__refuse_truncate();
/* rooms_with_data */
create index room_data_contents on app_public.room_data using gin (data jsonb_path_ops);
create policy select_seen on app_public.room_data for select to trumpet_user
  using (exists (select from app_public.rooms where rooms.id = room_id));
create policy select_broadcast on app_public.room_data for select to trumpet_broadcast
  using (room_id in (select app_hidden.broadcast_room_ids()));
create policy select_admin on app_public.room_data for select to trumpet_admin using (true);
grant select on app_public.room_data to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;

create type app_public.room_field_kind as enum ('text', 'number', 'boolean', 'time');
comment on type app_public.room_field_kind is
  'What a field of rooms holds. TEXT: a string of at most 200 characters. NUMBER: a number, compared as a double. BOOLEAN: true or false. TIME: a string such as `2026-01-31T09:00:00Z`.';

create table app_public.room_fields (
  id uuid primary key default uuidv7(),
  workspace_id uuid not null default app_hidden.current_workspace_id() references app_private.workspaces on delete cascade,
  key text not null,
  label text not null,
  kind app_public.room_field_kind not null,
  place integer not null default 100,
  constraint room_fields_have_a_key_each unique (workspace_id, key),
  constraint room_fields_key_is_well_formed check (key ~ '^[A-Za-z][A-Za-z0-9_]{0,29}$'),
  constraint room_fields_label_length check (char_length(label) between 1 and 60)
);
comment on table app_public.room_fields is 'A key of the custom data of rooms, by which they are found, ordered and shown.';
comment on column app_public.room_fields.id is 'Stays the same for ever.';
comment on column app_public.room_fields.workspace_id is 'The workspace whose rooms have it.';
comment on column app_public.room_fields.key is 'Under which the custom data of rooms has it, as `priority`.';
comment on column app_public.room_fields.label is 'What it is called where it is shown, as `Priority`.';
comment on column app_public.room_fields.kind is 'What it holds. It never changes.';
comment on column app_public.room_fields.place is 'Fields are shown in this order, the lowest first.';
comment on constraint room_fields_pkey on app_public.room_fields is 'One field an id.';
alter table app_public.room_fields enable row level security;
create trigger _100_refuse_truncate before truncate on app_public.room_fields
  for each statement execute function app_private.tg_any__refuse_truncate();
create policy select_workspace on app_public.room_fields for select to trumpet_user
  using (workspace_id = (select app_hidden.current_workspace_id()));
create policy select_admin on app_public.room_fields for select to trumpet_admin using (true);
grant select on app_public.room_fields to trumpet_visitor, trumpet_user, trumpet_broadcast, trumpet_admin;

/*
 * The directory of rooms in the order of each field. Each room that is listed there has a row for each field, also where it
 * has nothing in it: those come last, in either direction. No other room has any: nothing of it makes a list slower.
 */
create table app_public.room_field_keys (
  field_id uuid not null references app_public.room_fields on delete cascade,
  room_id uuid not null references app_public.rooms on delete cascade,
  sort_key text collate "C" not null,
  primary key (field_id, room_id)
);
comment on table app_public.room_field_keys is 'By what the rooms of the directory are found and ordered.';
comment on constraint room_field_keys_pkey on app_public.room_field_keys is 'One key a field and room.';
comment on column app_public.room_field_keys.field_id is 'The field.';
comment on column app_public.room_field_keys.room_id is 'The room, public and not archived.';
comment on column app_public.room_field_keys.sort_key is 'What the room has there, written so that bytes order it; empty for nothing.';
alter table app_public.room_field_keys enable row level security;
create trigger _100_refuse_truncate before truncate on app_public.room_field_keys
  for each statement execute function app_private.tg_any__refuse_truncate();
/* Deleting a room. */
create index room_field_keys_room_id on app_public.room_field_keys (room_id);
/* publicRooms: to find rooms, and each direction of its order, which one comparison of rows goes on with at any page. */
create index room_field_keys_ascending on app_public.room_field_keys (field_id, (sort_key = ''), sort_key, room_id);
create index room_field_keys_descending on app_public.room_field_keys (field_id, (sort_key <> ''), sort_key, room_id);
create index room_field_keys_sort_key on app_public.room_field_keys (field_id, sort_key);
create policy select_workspace on app_public.room_field_keys for select to trumpet_user using (
  field_id in (select room_fields.id from app_public.room_fields) and not (select app_hidden.is_guest()));
create policy select_admin on app_public.room_field_keys for select to trumpet_admin using (true);
grant select on app_public.room_field_keys to trumpet_visitor, trumpet_user, trumpet_admin;

--! Included functions/room-data/merge_patch.sql
create or replace function app_private.merge_patch(target jsonb, patch jsonb, depth integer default 0) returns jsonb
language plpgsql immutable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_result jsonb := case when jsonb_typeof(target) = 'object' then target else '{}' end;
  v_key text;
  v_value jsonb;
begin
  if jsonb_typeof(patch) is distinct from 'object' then
    return patch;
  end if;
  if depth >= 16 then
    raise exception 'The objects of custom data are at most 16 deep.' using errcode = 'TR400';
  end if;
  for v_key, v_value in select * from jsonb_each(patch) loop
    if v_value = 'null' then
      v_result := v_result - v_key;
    else
      v_result := v_result
        || jsonb_build_object(v_key, app_private.merge_patch(v_result -> v_key, v_value, depth + 1));
    end if;
  end loop;
  return v_result;
end
$$;
comment on function app_private.merge_patch(jsonb, jsonb, integer) is
  'What a JSON merge patch (RFC 7396) makes of a value: null takes a key away, an object changes the one that is there, all else replaces.';
--! EndIncluded functions/room-data/merge_patch.sql
--! Included functions/room-data/room_field_key.sql
/*
 * Keys of all kinds compare as bytes do: a number by the bits of its double, with those of negative ones turned over; a
 * text by what searches take for the same, and then by itself, so that only equal ones have equal keys.
 */
create or replace function app_private.room_field_key(kind app_public.room_field_kind, value jsonb) returns text
language plpgsql stable strict security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_type constant text := jsonb_typeof(value);
  v_text constant text := value #>> '{}';
  v_number float8;
  v_bits bigint;
begin
  if room_field_key.kind = 'text' and v_type = 'string' and char_length(v_text) <= 200 then
    return left(app_hidden.fold_for_search(v_text), 200) || chr(1) || v_text;
  elsif room_field_key.kind = 'boolean' and v_type = 'boolean' then
    return v_text;
  elsif room_field_key.kind = 'number' and v_type = 'number' then
    v_number := case when abs(value::numeric) between 1e-300 and 1e300 then value::float8 else 0 end;
  elsif room_field_key.kind = 'time' and v_type = 'string'
    and v_text ~ '^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d(:?\d\d)?)$'
    and pg_input_is_valid(v_text, 'timestamptz') then
    v_number := extract(epoch from v_text::timestamptz);
  else
    return null;
  end if;
  -- 0 is -0 as well.
  v_bits := ('x' || encode(float8send(v_number + 0), 'hex'))::bit(64)::bigint;
  return lpad(to_hex(case when v_bits < 0 then ~v_bits else v_bits # (-9223372036854775808) end), 16, '0');
end
$$;
comment on function app_private.room_field_key(app_public.room_field_kind, jsonb) is
  'By what a value of a field of this kind is found and ordered, in the collation "C". Null where the value is of another kind.';
--! EndIncluded functions/room-data/room_field_key.sql
--! Included functions/room-data/check_custom_data.sql
create or replace function app_private.check_custom_data(data jsonb) returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_field app_public.room_fields;
begin
  if octet_length(data::text) > 8192 then
    raise exception 'The custom data of a room has at most 8,192 bytes.' using errcode = 'TR413';
  end if;
  if jsonb_path_exists(
    data, 'strict $.** ? (@.type() == "number" && (@ > 9007199254740991 || @ < -9007199254740991))'
  ) then
    raise exception 'Custom data has a number beyond 2^53 - 1, which JavaScript would change: send it as a string.'
      using errcode = 'TR400';
  end if;
  for v_field in
    select room_fields.* from app_public.room_fields
      where workspace_id = app_hidden.current_workspace_id() and data ? room_fields.key
        and app_private.room_field_key(room_fields.kind, data -> room_fields.key) is null
      order by room_fields.key collate "C" limit 1
  loop
    raise exception '% is %.', v_field.label, case v_field.kind
        when 'text' then 'text of at most 200 characters'
        when 'number' then 'a number'
        when 'boolean' then 'true or false'
        else 'a moment with its time zone, such as 2026-01-31T09:00:00Z' end
      using errcode = 'TR400';
  end loop;
end
$$;
comment on function app_private.check_custom_data(jsonb) is
  'Refuses custom data of rooms that cannot be kept, would not come back as it was, or has something else than a field of its workspace holds.';
--! EndIncluded functions/room-data/check_custom_data.sql
--! Included functions/room-data/index_room_data.sql
create or replace function app_private.index_room_data(room app_public.rooms) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Fields that are being defined are defined before, or find what this has written.
  perform app_private.share_until_commit('room_fields', room.workspace_id::text);
  if room.type <> 'public' or room.is_archived then
    delete from app_public.room_field_keys where room_id = room.id;
    return;
  end if;
  insert into app_public.room_field_keys (field_id, room_id, sort_key)
    select room_fields.id, room.id, coalesce(app_private.room_field_key(room_fields.kind, room_data.data -> room_fields.key), '')
      from app_public.room_fields
      left join app_public.room_data on room_data.room_id = room.id
      where room_fields.workspace_id = room.workspace_id
    on conflict on constraint room_field_keys_pkey do update set sort_key = excluded.sort_key
      where room_field_keys.sort_key <> excluded.sort_key;
end
$$;
comment on function app_private.index_room_data(app_public.rooms) is
  'Keeps by what a room is found and ordered in the directory: nothing unless it is public and not archived.';
--! EndIncluded functions/room-data/index_room_data.sql
--! Included functions/room-data/tg_rooms__index_data.sql
create or replace function app_private.tg_rooms__index_data() returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.index_room_data(new);
  return null;
end
$$;
comment on function app_private.tg_rooms__index_data() is
  'What comes to the directory of rooms, or goes from it, comes and goes there in the order of each field as well.';
--! EndIncluded functions/room-data/tg_rooms__index_data.sql

create trigger _600_index_data_insert after insert on app_public.rooms
  for each row when (new.type = 'public') execute function app_private.tg_rooms__index_data();
create trigger _600_index_data_update after update of type, is_archived on app_public.rooms
  for each row when (old.type <> new.type or old.is_archived <> new.is_archived)
  execute function app_private.tg_rooms__index_data();

--! Included functions/room-data/set_room_data.sql
create or replace function app_public.set_room_data(room_id uuid, patch jsonb) returns app_public.rooms
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked app_private.locked_room;
  v_room app_public.rooms;
  v_old jsonb;
  v_new jsonb;
begin
  perform app_private.limit_rate('room');
  v_locked := app_private.lock_room_as(set_room_data.room_id);
  v_room := v_locked.room;
  perform app_private.check_permission_of_equals(v_locked.room, v_locked.member, 'edit_room');
  if jsonb_typeof(patch) is distinct from 'object' then
    raise exception 'patch is a JSON object: what it has changes, and null takes away.' using errcode = 'TR400';
  end if;
  perform app_private.share_until_commit('room_fields', v_room.workspace_id::text);
  select data into v_old from app_public.room_data where room_data.room_id = v_room.id;
  v_old := coalesce(v_old, '{}');
  v_new := app_private.merge_patch(v_old, patch);
  if v_new = v_old then
    return v_room;
  end if;
  perform app_private.check_custom_data(v_new);
  if v_new = '{}' then
    delete from app_public.room_data where room_data.room_id = v_room.id;
  else
    insert into app_public.room_data (room_id, data) values (v_room.id, v_new)
      on conflict on constraint room_data_pkey do update set data = excluded.data;
  end if;
  perform app_private.index_room_data(v_room);
  -- Whoever hears the room is told.
  update app_public.rooms set updated_at = now() where rooms.id = v_room.id returning * into v_room;
  return v_room;
end
$$;
comment on function app_public.set_room_data(uuid, jsonb) is
  'Changes the custom data of a room by a JSON merge patch (RFC 7396): a key that is given is set, one that is null goes, all others stay; an object changes the object that is there. At most 8,192 bytes in all. For those with EDIT_ROOM, and for both in a direct conversation.';
grant execute on function app_public.set_room_data(uuid, jsonb) to trumpet_user, trumpet_key;
--! EndIncluded functions/room-data/set_room_data.sql
--! Included functions/room-data/rooms_custom_data.sql
create or replace function app_public.rooms_custom_data(room app_public.rooms) returns jsonb
language sql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
  select room_data.data from app_public.room_data where room_data.room_id = room.id;
$$;
comment on function app_public.rooms_custom_data(app_public.rooms) is
  'What an application keeps about the room: a JSON object of its own, by `setRoomData`. Null where it has none.';
grant execute on function app_public.rooms_custom_data(app_public.rooms) to trumpet_user, trumpet_broadcast, trumpet_admin;
--! EndIncluded functions/room-data/rooms_custom_data.sql
--! Included functions/room-data/room_fields.sql
create or replace function app_public.room_fields() returns setof app_public.room_fields
language sql stable security invoker rows 30
set search_path = pg_catalog, pg_temp
as $$
  select room_fields.* from app_public.room_fields
    order by place, key collate "C";
$$;
comment on function app_public.room_fields() is
  'By what of their custom data rooms are found, ordered and shown here, as the administrators have defined it, in the order in which it is shown.';
grant execute on function app_public.room_fields() to trumpet_user;
--! EndIncluded functions/room-data/room_fields.sql
--! Included functions/room-data/room_field_of.sql
create or replace function app_hidden.room_field_of(key text) returns uuid
language plpgsql stable security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id uuid;
begin
  select room_fields.id into v_id from app_public.room_fields
    where room_fields.key = room_field_of.key and workspace_id = (select app_hidden.current_workspace_id());
  if not found then
    raise exception 'Rooms have no such field.' using errcode = 'TR404';
  end if;
  return v_id;
end
$$;
comment on function app_hidden.room_field_of(text) is 'The field of rooms with this key, in this workspace.';
grant execute on function app_hidden.room_field_of(text) to trumpet_user;
--! EndIncluded functions/room-data/room_field_of.sql
--! Included functions/room-data/key_of_room_field.sql
create or replace function app_hidden.key_of_room_field(key text, value jsonb) returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key constant text := app_private.room_field_key(
    (select kind from app_public.room_fields where id = app_hidden.room_field_of(key_of_room_field.key)), value);
begin
  if v_key is null then
    raise exception 'This is compared with something that the field does not hold.' using errcode = 'TR400';
  end if;
  return v_key;
end
$$;
comment on function app_hidden.key_of_room_field(text, jsonb) is 'By what rooms with this value in this field are found.';
grant execute on function app_hidden.key_of_room_field(text, jsonb) to trumpet_user;
--! EndIncluded functions/room-data/key_of_room_field.sql
--! Included functions/room-data/my_room_field_keys.sql
create or replace function app_hidden.my_room_field_keys(key text) returns table (room_id uuid, sort_key text)
language sql stable security definer rows 50
set search_path = pg_catalog, pg_temp
as $$
  select mine.room_id, coalesce(app_private.room_field_key(room_fields.kind, room_data.data -> room_fields.key), '')
    from app_public.room_fields, app_hidden.my_room_ids() as mine (room_id)
    left join app_public.room_data on room_data.room_id = mine.room_id
    where room_fields.id = app_hidden.room_field_of(my_room_field_keys.key);
$$;
comment on function app_hidden.my_room_field_keys(text) is
  'By what each room of whoever asks is found and ordered, for a field of rooms. Empty where the room has nothing in it.';
grant execute on function app_hidden.my_room_field_keys(text) to trumpet_user;
--! EndIncluded functions/room-data/my_room_field_keys.sql
--! Included functions/room-data/rooms_with_data.sql
/* Containment tells nothing but of rooms that it gives, and is no operator that a policy lets pass: so it is asked in here. */
create or replace function app_hidden.rooms_with_data(data jsonb, mine boolean) returns setof uuid
language sql stable security definer rows 10
set search_path = pg_catalog, pg_temp
as $$
  select room_data.room_id from app_hidden.my_room_ids() as mine (room_id)
    join app_public.room_data using (room_id)
    where rooms_with_data.mine and room_data.data @> rooms_with_data.data
  union all
  select room_data.room_id from app_public.room_data
    join app_public.rooms on rooms.id = room_data.room_id
    where not rooms_with_data.mine and room_data.data @> rooms_with_data.data
      and rooms.type = 'public' and rooms.workspace_id = (select app_hidden.current_workspace_id())
      and not (select app_hidden.is_guest());
$$;
comment on function app_hidden.rooms_with_data(jsonb, boolean) is
  'The rooms of whoever asks, or the public ones, whose custom data contains this.';
grant execute on function app_hidden.rooms_with_data(jsonb, boolean) to trumpet_user;
--! EndIncluded functions/room-data/rooms_with_data.sql
--! Included functions/room-data-at-psql/define_room_field.sql
create or replace function app_admin.define_room_field(
  key text, label text, kind app_public.room_field_kind, reason text, place integer default 100
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_workspace_id constant uuid := app_hidden.current_workspace_id();
  v_field app_public.room_fields;
begin
  perform app_private.lock_until_commit('room_fields', v_workspace_id::text);
  select * into v_field from app_public.room_fields
    where workspace_id = v_workspace_id and room_fields.key = define_room_field.key;
  if v_field.id is not null and v_field.kind <> define_room_field.kind then
    raise exception 'This field is of kind %: remove it first. What rooms have in it stays.', v_field.kind using errcode = 'TR409';
  end if;
  if v_field.id is null and 30 <= (select count(*) from app_public.room_fields where workspace_id = v_workspace_id) then
    raise exception 'Rooms have at most 30 fields.' using errcode = 'TR409';
  end if;
  insert into app_public.room_fields (workspace_id, key, label, kind, place)
    values (
      v_workspace_id, define_room_field.key, app_private.plain_name(define_room_field.label), define_room_field.kind, define_room_field.place)
    on conflict on constraint room_fields_have_a_key_each do update set label = excluded.label, place = excluded.place
    returning * into v_field;
  insert into app_public.room_field_keys (field_id, room_id, sort_key)
    select v_field.id, rooms.id, coalesce(app_private.room_field_key(v_field.kind, room_data.data -> v_field.key), '')
      from app_public.rooms left join app_public.room_data on room_data.room_id = rooms.id
      where rooms.workspace_id = v_workspace_id and rooms.type = 'public' and not rooms.is_archived
    on conflict on constraint room_field_keys_pkey do nothing;
  perform app_private.note_admin_action(
    'define_room_field', format('%s: %s', define_room_field.key, define_room_field.kind), define_room_field.reason);
  return format('rooms have %s', define_room_field.key);
end
$$;
comment on function app_admin.define_room_field(text, text, app_public.room_field_kind, text, integer) is
  'Lets the rooms of a workspace be found, ordered and shown by a key of their custom data, or changes how it is called and where it stands. What rooms have in it of another kind counts as missing.';
grant execute on function app_admin.define_room_field(text, text, app_public.room_field_kind, text, integer) to trumpet_admin;
--! EndIncluded functions/room-data-at-psql/define_room_field.sql
--! Included functions/room-data-at-psql/remove_room_field.sql
create or replace function app_admin.remove_room_field(key text, reason text) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.lock_until_commit('room_fields', app_hidden.current_workspace_id()::text);
  delete from app_public.room_fields
    where room_fields.key = remove_room_field.key and workspace_id = app_hidden.current_workspace_id();
  if not found then
    raise exception 'Rooms have no such field: %.', remove_room_field.key using errcode = 'TR404';
  end if;
  perform app_private.note_admin_action('remove_room_field', remove_room_field.key, remove_room_field.reason);
  return format('rooms are not found by %s any more', remove_room_field.key);
end
$$;
comment on function app_admin.remove_room_field(text, text) is
  'Lets rooms be found and ordered by this key of their custom data no more. The data stays.';
grant execute on function app_admin.remove_room_field(text, text) to trumpet_admin;
--! EndIncluded functions/room-data-at-psql/remove_room_field.sql
