import { CORE_SCHEMA, mergeTag, Schema } from 'js-yaml'

/** YAML 1.2 with merges (`<<`), as an inventory is read. */
export const yaml = new Schema([...CORE_SCHEMA.tags, mergeTag])
