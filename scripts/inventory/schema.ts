import { CORE_SCHEMA, mergeTag, Schema } from 'js-yaml'

/** The schema of inventories: YAML 1.2 with merges (`<<`). */
export const yaml = new Schema([...CORE_SCHEMA.tags, mergeTag])
