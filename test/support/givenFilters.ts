/** The `filters` of a config as a person writes them; what is left out has its default. */
export interface GivenFilters {
  readonly spaces_include?: ReadonlyArray<string>
  readonly spaces_exclude?: ReadonlyArray<string>
  readonly include_archived_spaces?: boolean
  readonly include_personal_spaces?: boolean
  readonly page_ids_include?: ReadonlyArray<string>
  readonly page_ids_exclude?: ReadonlyArray<string>
  readonly blog_post_ids_include?: ReadonlyArray<string>
  readonly blog_post_ids_exclude?: ReadonlyArray<string>
  readonly modified_after?: string
  readonly modified_before?: string
  readonly created_after?: string
  readonly created_before?: string
  readonly include_archived?: boolean
  readonly include_trashed?: boolean
}
