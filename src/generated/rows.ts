// Generated from schemas/*.json by scripts/generate.ts. Do not edit; run: npm run generate

/**
 * Every space that the credential can see, current and archived, personal ones included.
 */
export interface SpacesRow {
  /**
   * The ID of the space, a 64-bit number as text; it stays when the key changes.
   */
  id?: null | string
  /**
   * The key of the space, used in addresses; personal spaces have keys that begin with a tilde.
   */
  key?: null | string
  /**
   * The name of the space.
   */
  name?: null | string
  /**
   * The type of the space, such as global, collaboration, knowledge_base, personal, system, onboarding or xflow_sample_space.
   */
  type?: null | string
  /**
   * The status of the space: current or archived.
   */
  status?: null | string
  /**
   * The account ID of the user who created the space.
   */
  authorId?: null | string
  /**
   * The account ID of the user who owns the space, where the site answers it.
   */
  spaceOwnerId?: null | string
  /**
   * The alias of the space that is active in its addresses.
   */
  currentActiveAlias?: null | string
  /**
   * When the space was created.
   */
  createdAt?: null | string
  /**
   * The ID of the page that is the home of the space.
   */
  homepageId?: null | string
  /**
   * The description of the space, by format.
   */
  description?: null | {
    /**
     * The description as plain text.
     */
    plain?: null | {
      /**
       * The name of the format that the value is in.
       */
      representation?: null | string
      /**
       * The plain text.
       */
      value?: null | string
      [k: string]: unknown
    }
    /**
     * The description as it is shown to readers.
     */
    view?: null | {
      /**
       * The name of the format that the value is in.
       */
      representation?: null | string
      /**
       * The rendered HTML.
       */
      value?: null | string
      [k: string]: unknown
    }
    [k: string]: unknown
  }
  /**
   * The icon of the space.
   */
  icon?: null | {
    /**
     * The address of the icon, relative to the site.
     */
    path?: null | string
    /**
     * The address by which an OAuth app gets a link to the icon, relative to the site; only global spaces have it.
     */
    apiDownloadLink?: null | string
    [k: string]: unknown
  }
  /**
   * Addresses in the web interface, relative to the site's address followed by /wiki.
   */
  _links?: null | {
    /**
     * The address that shows the space.
     */
    webui?: null | string
    [k: string]: unknown
  }
  [k: string]: unknown
}

/**
 * Every page that the credential can see, current and archived, with its body in the configured format.
 */
export interface PagesRow {
  /**
   * The ID of the page, a 64-bit number as text.
   */
  id?: null | string
  /**
   * The status of the page, such as current, archived, trashed, deleted, draft or historical.
   */
  status?: null | string
  /**
   * The title of the page, unique within its space.
   */
  title?: null | string
  /**
   * The ID of the space that the page is in.
   */
  spaceId?: null | string
  /**
   * The ID of the content that the page is under; null at the top of the space.
   */
  parentId?: null | string
  /**
   * The type of that parent, such as page, whiteboard, database, embed or folder; null at the top of the space.
   */
  parentType?: null | string
  /**
   * The position of the page among its siblings.
   */
  position?: null | number
  /**
   * The account ID of the user who created the page.
   */
  authorId?: null | string
  /**
   * The account ID of the user who owns the page.
   */
  ownerId?: null | string
  /**
   * The account ID of the user who owned the page before; null when there was none.
   */
  lastOwnerId?: null | string
  /**
   * The subtype of the page: live for a live doc; null for an ordinary page.
   */
  subtype?: null | string
  /**
   * The ID of the template that the page was made from, where the site answers it.
   */
  sourceTemplateEntityId?: null | string
  /**
   * When the page was created.
   */
  createdAt?: null | string
  /**
   * The version of the page that the API answers as the latest one.
   */
  version?: null | {
    /**
     * The version number, counted from 1.
     */
    number?: null | number
    /**
     * When this version was saved.
     */
    createdAt?: null | string
    /**
     * The comment its author gave to this version; empty when none was given.
     */
    message?: null | string
    /**
     * Whether the author saved it as a minor edit, which notifies nobody.
     */
    minorEdit?: null | boolean
    /**
     * The account ID of the user who saved this version.
     */
    authorId?: null | string
    /**
     * The step of the collaborative editor that this version was saved at, where the site answers it.
     */
    ncsStepVersion?: null | string
    [k: string]: unknown
  }
  /**
   * The body of the page, in the one format that the setting body_format names.
   */
  body?: null | {
    /**
     * The body in Confluence's storage format.
     */
    storage?: null | {
      /**
       * The name of the format that the value is in.
       */
      representation?: null | string
      /**
       * The body as XHTML-based storage format, with macros and links as elements of their own.
       */
      value?: null | string
      [k: string]: unknown
    }
    /**
     * The body in the Atlassian Document Format.
     */
    atlas_doc_format?: null | {
      /**
       * The name of the format that the value is in.
       */
      representation?: null | string
      /**
       * The body as an Atlassian Document Format document, a JSON text.
       */
      value?: null | string
      [k: string]: unknown
    }
    [k: string]: unknown
  }
  /**
   * Addresses in the web interface, relative to the site's address followed by /wiki.
   */
  _links?: null | {
    /**
     * The address that shows the page.
     */
    webui?: null | string
    /**
     * The address that opens the page in the editor.
     */
    editui?: null | string
    /**
     * The short address of the page.
     */
    tinyui?: null | string
    [k: string]: unknown
  }
  /**
   * When the page was last changed by a new version: version.createdAt, lifted to the top.
   */
  updatedAt?: null | string
  /**
   * The cursor: the later of updatedAt and the start of the sync that first saw a change without a new version, such as a move, an archiving, a restore or a deletion.
   */
  changedAt?: null | string
  /**
   * When the connector noticed that the page is gone; null as long as it is there.
   */
  _ab_cdc_deleted_at?: null | string
  /**
   * Why the page is gone: trashed, purged, filtered (outside the configured filters) or not_visible (purged or hidden from this credential, which the API does not tell apart); null as long as it is there.
   */
  deletionReason?: null | string
  [k: string]: unknown
}

/**
 * Every blog post that the credential can see, with its body in the configured format.
 */
export interface BlogPostsRow {
  /**
   * The ID of the blog post, a 64-bit number as text.
   */
  id?: null | string
  /**
   * The status of the blog post, such as current, trashed, deleted, draft or historical.
   */
  status?: null | string
  /**
   * The title of the blog post.
   */
  title?: null | string
  /**
   * The ID of the space that the blog post is in.
   */
  spaceId?: null | string
  /**
   * The account ID of the user who created the blog post.
   */
  authorId?: null | string
  /**
   * When the blog post was created.
   */
  createdAt?: null | string
  /**
   * The ID of the template that the page was made from, where the site answers it.
   */
  sourceTemplateEntityId?: null | string
  /**
   * The version of the blog post that the API answers as the latest one.
   */
  version?: null | {
    /**
     * The version number, counted from 1.
     */
    number?: null | number
    /**
     * When this version was saved.
     */
    createdAt?: null | string
    /**
     * The comment its author gave to this version; empty when none was given.
     */
    message?: null | string
    /**
     * Whether the author saved it as a minor edit, which notifies nobody.
     */
    minorEdit?: null | boolean
    /**
     * The account ID of the user who saved this version.
     */
    authorId?: null | string
    /**
     * The step of the collaborative editor that this version was saved at, where the site answers it.
     */
    ncsStepVersion?: null | string
    [k: string]: unknown
  }
  /**
   * The body of the blog post, in the one format that the setting body_format names.
   */
  body?: null | {
    /**
     * The body in Confluence's storage format.
     */
    storage?: null | {
      /**
       * The name of the format that the value is in.
       */
      representation?: null | string
      /**
       * The body as XHTML-based storage format, with macros and links as elements of their own.
       */
      value?: null | string
      [k: string]: unknown
    }
    /**
     * The body in the Atlassian Document Format.
     */
    atlas_doc_format?: null | {
      /**
       * The name of the format that the value is in.
       */
      representation?: null | string
      /**
       * The body as an Atlassian Document Format document, a JSON text.
       */
      value?: null | string
      [k: string]: unknown
    }
    [k: string]: unknown
  }
  /**
   * Addresses in the web interface, relative to the site's address followed by /wiki.
   */
  _links?: null | {
    /**
     * The address that shows the blog post.
     */
    webui?: null | string
    /**
     * The address that opens the blog post in the editor.
     */
    editui?: null | string
    /**
     * The short address of the blog post.
     */
    tinyui?: null | string
    [k: string]: unknown
  }
  /**
   * When the blog post was last changed by a new version: version.createdAt, lifted to the top.
   */
  updatedAt?: null | string
  /**
   * The cursor: the later of updatedAt and the start of the sync that first saw a change without a new version, such as a move, an archiving, a restore or a deletion.
   */
  changedAt?: null | string
  /**
   * When the connector noticed that the blog post is gone; null as long as it is there.
   */
  _ab_cdc_deleted_at?: null | string
  /**
   * Why the blog post is gone: trashed, purged, filtered (outside the configured filters) or not_visible (purged or hidden from this credential, which the API does not tell apart); null as long as it is there.
   */
  deletionReason?: null | string
  [k: string]: unknown
}

/**
 * Every footer comment and inline comment that the credential can see, replies at every depth included.
 */
export interface CommentsRow {
  /**
   * The ID of the comment, a 64-bit number as text.
   */
  id?: null | string
  /**
   * Where the comment stands: footer (below the content) or inline (at a passage of its text).
   */
  commentType?: null | string
  /**
   * The type of the content that is commented on: page, blogpost, attachment or custom-content.
   */
  containerType?: null | string
  /**
   * The ID of the content that is commented on, for replies as well.
   */
  containerId?: null | string
  /**
   * The status of the comment, such as current, archived, trashed, deleted, draft or historical.
   */
  status?: null | string
  /**
   * The title of the comment, usually Re: and the title of the content.
   */
  title?: null | string
  /**
   * The ID of the page that is commented on, if it is a page.
   */
  pageId?: null | string
  /**
   * The ID of the blog post that is commented on, if it is a blog post.
   */
  blogPostId?: null | string
  /**
   * The ID of the attachment that is commented on, if it is an attachment.
   */
  attachmentId?: null | string
  /**
   * The ID of the custom content that is commented on, if it is custom content.
   */
  customContentId?: null | string
  /**
   * The ID of the comment that this one replies to; null for the first comment of a thread.
   */
  parentCommentId?: null | string
  /**
   * The version of the comment that the API answers as the latest one.
   */
  version?: null | {
    /**
     * The version number, counted from 1.
     */
    number?: null | number
    /**
     * When this version was saved.
     */
    createdAt?: null | string
    /**
     * The comment its author gave to this version; empty when none was given.
     */
    message?: null | string
    /**
     * Whether the author saved it as a minor edit, which notifies nobody.
     */
    minorEdit?: null | boolean
    /**
     * The account ID of the user who saved this version.
     */
    authorId?: null | string
    /**
     * The step of the collaborative editor that this version was saved at, where the site answers it.
     */
    ncsStepVersion?: null | string
    [k: string]: unknown
  }
  /**
   * The body of the comment, in the one format that the setting body_format names.
   */
  body?: null | {
    /**
     * The body in Confluence's storage format.
     */
    storage?: null | {
      /**
       * The name of the format that the value is in.
       */
      representation?: null | string
      /**
       * The body as XHTML-based storage format, with macros and links as elements of their own.
       */
      value?: null | string
      [k: string]: unknown
    }
    /**
     * The body in the Atlassian Document Format.
     */
    atlas_doc_format?: null | {
      /**
       * The name of the format that the value is in.
       */
      representation?: null | string
      /**
       * The body as an Atlassian Document Format document, a JSON text.
       */
      value?: null | string
      [k: string]: unknown
    }
    /**
     * The body as it is shown to readers, which lists answer only where the API includes it.
     */
    view?: null | {
      /**
       * The name of the format that the value is in.
       */
      representation?: null | string
      /**
       * The body as rendered HTML.
       */
      value?: null | string
      [k: string]: unknown
    }
    [k: string]: unknown
  }
  /**
   * Whether an inline comment is settled, such as open, reopened, resolved or dangling (its passage is gone); null for footer comments.
   */
  resolutionStatus?: null | string
  /**
   * The account ID of the user who last resolved or reopened the inline comment.
   */
  resolutionLastModifierId?: null | string
  /**
   * When the inline comment was last resolved or reopened.
   */
  resolutionLastModifiedAt?: null | string
  /**
   * What the API tells about an inline comment's passage, and the comment's content properties where it includes them.
   */
  properties?: null | {
    /**
     * The reference of the marker around the passage in the content's body.
     */
    inlineMarkerRef?: null | string
    /**
     * The text of the passage when the comment was written.
     */
    inlineOriginalSelection?: null | string
    /**
     * The same reference under the older name, where the site answers it.
     */
    "inline-marker-ref"?: null | string
    /**
     * The same text under the older name, where the site answers it.
     */
    "inline-original-selection"?: null | string
    /**
     * The content properties of the comment.
     */
    results?:
      | null
      | (null | {
          /**
           * The ID of the property.
           */
          id?: null | string
          /**
           * The key of the property.
           */
          key?: null | string
          /**
           * The value of the property: any JSON value.
           */
          value?:
            | null
            | string
            | number
            | boolean
            | {
                [k: string]: unknown
              }
            | unknown[]
          /**
           * The version of the property that the API answers as the latest one.
           */
          version?: null | {
            /**
             * The version number, counted from 1.
             */
            number?: null | number
            /**
             * When this version was saved.
             */
            createdAt?: null | string
            /**
             * The comment its author gave to this version; empty when none was given.
             */
            message?: null | string
            /**
             * Whether the author saved it as a minor edit, which notifies nobody.
             */
            minorEdit?: null | boolean
            /**
             * The account ID of the user who saved this version.
             */
            authorId?: null | string
            /**
             * The step of the collaborative editor that this version was saved at, where the site answers it.
             */
            ncsStepVersion?: null | string
            [k: string]: unknown
          }
          [k: string]: unknown
        })[]
    /**
     * Whether there is more than this excerpt.
     */
    meta?: null | {
      /**
       * Whether the list goes on after this excerpt.
       */
      hasMore?: null | boolean
      /**
       * The cursor that continues the list.
       */
      cursor?: null | string
      [k: string]: unknown
    }
    /**
     * Where the whole list is.
     */
    _links?: null | {
      /**
       * The relative address of the whole list.
       */
      self?: null | string
      [k: string]: unknown
    }
    [k: string]: unknown
  }
  /**
   * What the credential's user may do with the comment, where the API includes it.
   */
  operations?: null | {
    /**
     * The permitted operations.
     */
    results?:
      | null
      | (null | {
          /**
           * The kind of operation.
           */
          operation?: null | string
          /**
           * The type of what it applies to.
           */
          targetType?: null | string
          [k: string]: unknown
        })[]
    /**
     * Whether there is more than this excerpt.
     */
    meta?: null | {
      /**
       * Whether the list goes on after this excerpt.
       */
      hasMore?: null | boolean
      /**
       * The cursor that continues the list.
       */
      cursor?: null | string
      [k: string]: unknown
    }
    /**
     * Where the whole list is.
     */
    _links?: null | {
      /**
       * The relative address of the whole list.
       */
      self?: null | string
      [k: string]: unknown
    }
    [k: string]: unknown
  }
  /**
   * Who likes the comment, where the API includes it.
   */
  likes?: null | {
    /**
     * The likes.
     */
    results?:
      | null
      | (null | {
          /**
           * The account ID of the user who likes the comment.
           */
          accountId?: null | string
          [k: string]: unknown
        })[]
    /**
     * Whether there is more than this excerpt.
     */
    meta?: null | {
      /**
       * Whether the list goes on after this excerpt.
       */
      hasMore?: null | boolean
      /**
       * The cursor that continues the list.
       */
      cursor?: null | string
      [k: string]: unknown
    }
    /**
     * Where the whole list is.
     */
    _links?: null | {
      /**
       * The relative address of the whole list.
       */
      self?: null | string
      [k: string]: unknown
    }
    [k: string]: unknown
  }
  /**
   * The versions of the comment, where the API includes them.
   */
  versions?: null | {
    /**
     * The versions.
     */
    results?:
      | null
      | (null | {
          /**
           * The version number, counted from 1.
           */
          number?: null | number
          /**
           * When this version was saved.
           */
          createdAt?: null | string
          /**
           * The comment its author gave to this version; empty when none was given.
           */
          message?: null | string
          /**
           * Whether the author saved it as a minor edit, which notifies nobody.
           */
          minorEdit?: null | boolean
          /**
           * The account ID of the user who saved this version.
           */
          authorId?: null | string
          /**
           * The step of the collaborative editor that this version was saved at, where the site answers it.
           */
          ncsStepVersion?: null | string
          [k: string]: unknown
        })[]
    /**
     * Whether there is more than this excerpt.
     */
    meta?: null | {
      /**
       * Whether the list goes on after this excerpt.
       */
      hasMore?: null | boolean
      /**
       * The cursor that continues the list.
       */
      cursor?: null | string
      [k: string]: unknown
    }
    /**
     * Where the whole list is.
     */
    _links?: null | {
      /**
       * The relative address of the whole list.
       */
      self?: null | string
      [k: string]: unknown
    }
    [k: string]: unknown
  }
  /**
   * Addresses in the web interface, relative to the site's address followed by /wiki.
   */
  _links?: null | {
    /**
     * The address that shows the comment.
     */
    webui?: null | string
    [k: string]: unknown
  }
  /**
   * When the comment was last changed by a new version: version.createdAt, lifted to the top.
   */
  updatedAt?: null | string
  /**
   * The cursor: the later of updatedAt and the start of the sync that first saw a change without a new version, such as a move, an archiving, a restore or a deletion.
   */
  changedAt?: null | string
  /**
   * When the connector noticed that the comment is gone; null as long as it is there.
   */
  _ab_cdc_deleted_at?: null | string
  /**
   * Why the comment is gone: trashed, purged, filtered (outside the configured filters) or not_visible (purged or hidden from this credential, which the API does not tell apart); null as long as it is there.
   */
  deletionReason?: null | string
  [k: string]: unknown
}

/**
 * Every attachment that the credential can see: what is known of each file, current and archived.
 */
export interface AttachmentsRow {
  /**
   * The ID of the attachment: att and a number.
   */
  id?: null | string
  /**
   * The status of the attachment, such as current, archived, trashed, deleted, draft or historical.
   */
  status?: null | string
  /**
   * The file name.
   */
  title?: null | string
  /**
   * When the attachment was first uploaded.
   */
  createdAt?: null | string
  /**
   * The type of the content that the file is attached to: page, blogpost or custom-content.
   */
  containerType?: null | string
  /**
   * The ID of the content that the file is attached to.
   */
  containerId?: null | string
  /**
   * The ID of the page that the file is attached to, if it is a page.
   */
  pageId?: null | string
  /**
   * The ID of the blog post that the file is attached to, if it is a blog post.
   */
  blogPostId?: null | string
  /**
   * The ID of the custom content that the file is attached to, if it is custom content.
   */
  customContentId?: null | string
  /**
   * The media type of the file, such as application/pdf.
   */
  mediaType?: null | string
  /**
   * The media type in words, such as PDF Document.
   */
  mediaTypeDescription?: null | string
  /**
   * The comment that was given with the upload.
   */
  comment?: null | string
  /**
   * The ID by which bodies in atlas_doc_format refer to the file; it differs from the attachment's ID.
   */
  fileId?: null | string
  /**
   * The size of the file in bytes.
   */
  fileSize?: null | number
  /**
   * The address that shows the attachment, relative to the site's address followed by /wiki.
   */
  webuiLink?: null | string
  /**
   * The address that downloads the file in a browser, relative to the site's address followed by /wiki; it does not take API tokens.
   */
  downloadLink?: null | string
  /**
   * The version of the attachment that the API answers as the latest one.
   */
  version?: null | {
    /**
     * The version number, counted from 1.
     */
    number?: null | number
    /**
     * When this version was saved.
     */
    createdAt?: null | string
    /**
     * The comment its author gave to this version; empty when none was given.
     */
    message?: null | string
    /**
     * Whether the author saved it as a minor edit, which notifies nobody.
     */
    minorEdit?: null | boolean
    /**
     * The account ID of the user who saved this version.
     */
    authorId?: null | string
    /**
     * The step of the collaborative editor that this version was saved at, where the site answers it.
     */
    ncsStepVersion?: null | string
    [k: string]: unknown
  }
  /**
   * Addresses in the web interface, relative to the site's address followed by /wiki.
   */
  _links?: null | {
    /**
     * The address that shows the attachment.
     */
    webui?: null | string
    /**
     * The address that downloads the file in a browser.
     */
    download?: null | string
    [k: string]: unknown
  }
  /**
   * When the attachment was last changed by a new version: version.createdAt, lifted to the top.
   */
  updatedAt?: null | string
  /**
   * The cursor: the later of updatedAt and the start of the sync that first saw a change without a new version, such as a move, an archiving, a restore or a deletion.
   */
  changedAt?: null | string
  /**
   * When the connector noticed that the attachment is gone; null as long as it is there.
   */
  _ab_cdc_deleted_at?: null | string
  /**
   * Why the attachment is gone: trashed, purged, filtered (outside the configured filters) or not_visible (purged or hidden from this credential, which the API does not tell apart); null as long as it is there.
   */
  deletionReason?: null | string
  [k: string]: unknown
}

/**
 * Every user that the site shows or that a row of another stream names, apps and former users included. An account that only earlier versions, properties of content or records of the audit log name, and that no search and no group shows, has no row.
 */
export interface UsersRow {
  /**
   * The account ID of the user, the same in all Atlassian products.
   */
  accountId?: null | string
  /**
   * The type of the account, such as atlassian, app, customer or unknown.
   */
  accountType?: null | string
  /**
   * The status of the account, such as active, inactive, closed or unknown.
   */
  accountStatus?: null | string
  /**
   * The name that the user's privacy settings let be shown.
   */
  displayName?: null | string
  /**
   * The public name or nickname of the user.
   */
  publicName?: null | string
  /**
   * The email address of the user; empty or null where the user's privacy settings hide it and no other source knows it.
   */
  email?: null | string
  /**
   * Where the email address comes from: profile, csv (the export of users) or organization (the organization's administration); null without an address.
   */
  emailSource?: null | string
  /**
   * The time zone of the user, such as Europe/Madrid; null where the user's privacy settings hide it.
   */
  timeZone?: null | string
  /**
   * The ID of the user's personal space; null when there is none.
   */
  personalSpaceId?: null | string
  /**
   * Whether the user is a guest from outside.
   */
  isExternalCollaborator?: null | boolean
  /**
   * The user's picture; null where the user's privacy settings hide it.
   */
  profilePicture?: null | {
    /**
     * The address of the picture, relative to the site.
     */
    path?: null | string
    /**
     * Whether it is the picture that Atlassian gives to users without one of their own.
     */
    isDefault?: null | boolean
    [k: string]: unknown
  }
  [k: string]: unknown
}

/**
 * Every group of users, teams included.
 */
export interface GroupsRow {
  /**
   * The ID of the group; it stays when the name changes.
   */
  id?: null | string
  /**
   * The name of the group.
   */
  name?: null | string
  /**
   * The type of the object: group.
   */
  type?: null | string
  /**
   * What the group is used as, such as USERBASE_GROUP (a group) or TEAM_COLLABORATION (a team).
   */
  usageType?: null | string
  /**
   * Who manages the group, such as ADMINS, EXTERNAL (SCIM or another directory), TEAM_MEMBERS or OPEN.
   */
  managedBy?: null | string
  /**
   * Addresses of the group in the API.
   */
  _links?: null | {
    /**
     * The address of the group in the API.
     */
    self?: null | string
    [k: string]: unknown
  }
  [k: string]: unknown
}

/**
 * Who belongs to which group: a row for each group and member, with the member's profile as the group's list shows it.
 */
export interface GroupMembersRow {
  /**
   * The ID of the group.
   */
  groupId?: null | string
  /**
   * The account ID of the member.
   */
  accountId?: null | string
  /**
   * How the API knows the member, such as known, unknown, anonymous or user.
   */
  type?: null | string
  /**
   * The type of the member's account, such as atlassian or app; may be empty.
   */
  accountType?: null | string
  /**
   * The status of the member's account, where the site answers it.
   */
  accountStatus?: null | string
  /**
   * The email address of the member; empty or null where the member's privacy settings hide it.
   */
  email?: null | string
  /**
   * The public name or nickname of the member.
   */
  publicName?: null | string
  /**
   * The name that the member's privacy settings let be shown.
   */
  displayName?: null | string
  /**
   * The user's picture; null where the user's privacy settings hide it.
   */
  profilePicture?: null | {
    /**
     * The address of the picture, relative to the site.
     */
    path?: null | string
    /**
     * The width in pixels.
     */
    width?: null | number
    /**
     * The height in pixels.
     */
    height?: null | number
    /**
     * Whether it is the picture that Atlassian gives to users without one of their own.
     */
    isDefault?: null | boolean
    [k: string]: unknown
  }
  /**
   * The time zone of the member; null where the member's privacy settings hide it.
   */
  timeZone?: null | string
  /**
   * The language of the member, where the site answers it.
   */
  locale?: null | string
  /**
   * Whether the member is a guest from outside.
   */
  isGuest?: null | boolean
  /**
   * The older name of isGuest, which Atlassian has deprecated.
   */
  isExternalCollaborator?: null | boolean
  /**
   * The oldest name of isGuest, which Atlassian has deprecated.
   */
  externalCollaborator?: null | boolean
  /**
   * Addresses of the member in the API.
   */
  _links?: null | {
    /**
     * The address of the member in the API.
     */
    self?: null | string
    [k: string]: unknown
  }
  [k: string]: unknown
}

/**
 * What administrators did: a row for each record of the audit log. Only Confluence administrators may read it, and not every plan has one.
 */
export interface AuditLogRow {
  /**
   * A hash of the record, and of its number among records that are alike in every field: the API gives them no ID.
   */
  auditId?: null | string
  /**
   * When the record was created, in milliseconds since 1970.
   */
  creationDate?: null | number
  /**
   * When the record was created.
   */
  createdAt?: null | string
  /**
   * Who did it.
   */
  author?: null | {
    /**
     * The type of the author: user.
     */
    type?: null | string
    /**
     * The name of the author as it is shown.
     */
    displayName?: null | string
    /**
     * The account ID of the author.
     */
    accountId?: null | string
    /**
     * The type of the account, such as atlassian or app.
     */
    accountType?: null | string
    /**
     * The public name or nickname of the author.
     */
    publicName?: null | string
    /**
     * What the author may do; it is not filled here.
     */
    operations?:
      | null
      | (null | {
          /**
           * The operation.
           */
          operation?: null | string
          /**
           * What the operation is done to.
           */
          targetType?: null | string
          [k: string]: unknown
        })[]
    /**
     * Whether the author is a guest; an older name of isGuest.
     */
    externalCollaborator?: null | boolean
    /**
     * Whether the author is a guest; an older name of isGuest.
     */
    isExternalCollaborator?: null | boolean
    /**
     * Whether the author is a guest.
     */
    isGuest?: null | boolean
    [k: string]: unknown
  }
  /**
   * The address that the request came from; it may be empty.
   */
  remoteAddress?: null | string
  /**
   * What was done, in a few words.
   */
  summary?: null | string
  /**
   * More about what was done; it may be empty.
   */
  description?: null | string
  /**
   * The category of the record, such as Permissions or Spaces.
   */
  category?: null | string
  /**
   * Whether the author did it as a system administrator.
   */
  sysAdmin?: null | boolean
  /**
   * Whether the author did it as a super administrator.
   */
  superAdmin?: null | boolean
  /**
   * What it was done to.
   */
  affectedObject?: null | {
    /**
     * The name of the object.
     */
    name?: null | string
    /**
     * The type of the object, such as Space, Page, User or Group; it may be empty.
     */
    objectType?: null | string
    [k: string]: unknown
  }
  /**
   * What was changed.
   */
  changedValues?:
    | null
    | (null | {
        /**
         * The name of the value.
         */
        name?: null | string
        /**
         * The value before.
         */
        oldValue?: null | string
        /**
         * The value after.
         */
        newValue?: null | string
        /**
         * The value before, where it is hidden from view.
         */
        hiddenOldValue?: null | string
        /**
         * The value after, where it is hidden from view.
         */
        hiddenNewValue?: null | string
        [k: string]: unknown
      })[]
  /**
   * What else it concerns.
   */
  associatedObjects?:
    | null
    | (null | {
        /**
         * The name of the object.
         */
        name?: null | string
        /**
         * The type of the object, such as Space, Page, User or Group; it may be empty.
         */
        objectType?: null | string
        [k: string]: unknown
      })[]
  [k: string]: unknown
}

/**
 * The levels of data classification that the organization has defined, of sites whose edition has them.
 */
export interface ClassificationLevelsRow {
  /**
   * The ID of the level.
   */
  id?: null | string
  /**
   * DRAFT, PUBLISHED or ARCHIVED.
   */
  status?: null | string
  /**
   * The place of the level among the others.
   */
  order?: null | number
  /**
   * The name of the level.
   */
  name?: null | string
  /**
   * What the level is for.
   */
  description?: null | string
  /**
   * What to do with what is classified so.
   */
  guideline?: null | string
  /**
   * The color that it is shown in, such as RED, RED_BOLD, ORANGE, YELLOW, GREEN, BLUE, NAVY, TEAL, PURPLE, GREY or LIME.
   */
  color?: null | string
  [k: string]: unknown
}

/**
 * Which page, blog post or attachment carries which label: a row for each of both, of what is current or archived, not of what is in the trash. Read whole by each sync, with three lists for each label of the site (its pages, its blog posts, its attachments).
 */
export interface ContentLabelsRow {
  /**
   * The ID of the page, blog post or attachment.
   */
  contentId?: null | string
  /**
   * The ID of the label.
   */
  labelId?: null | string
  /**
   * What carries the label: page, blogpost or attachment.
   */
  contentType?: null | string
  /**
   * The name of the label.
   */
  name?: null | string
  /**
   * Whose it is: global (everybody's), my (one person's), team (of spaces) or system.
   */
  prefix?: null | string
  [k: string]: unknown
}

/**
 * What apps and scripts keep with content: a row for each property, a key with a value of any form. The API lists them by content alone, so that this stream costs a request for each content when all are looked at; between reconciliations only content with a new version is asked. Folders, whiteboards, databases and embeds have no list by version: their properties are looked at by a reconciliation alone.
 */
export interface ContentPropertiesRow {
  /**
   * The ID of the property.
   */
  id?: null | string
  /**
   * The ID of the content.
   */
  contentId?: null | string
  /**
   * The type of that content: page, blogpost, comment, attachment, custom-content, folder, whiteboard, database or embed.
   */
  contentType?: null | string
  /**
   * The key of the property, unique within its content.
   */
  key?: null | string
  /**
   * The value of the property: JSON of any form. A destination that has no type for that keeps its text.
   */
  value?:
    | null
    | {
        [k: string]: unknown
      }
    | unknown[]
    | string
    | number
    | boolean
  /**
   * The current version of the property.
   */
  version?: null | {
    /**
     * The version number, counted from 1.
     */
    number?: null | number
    /**
     * When this version was saved.
     */
    createdAt?: null | string
    /**
     * The comment given to this version.
     */
    message?: null | string
    /**
     * Whether this is a minor version, for which nobody is notified.
     */
    minorEdit?: null | boolean
    /**
     * The account ID of the user who saved this version.
     */
    authorId?: null | string
    [k: string]: unknown
  }
  /**
   * When the property was last changed: version.createdAt, lifted to the top.
   */
  updatedAt?: null | string
  /**
   * The cursor: the later of updatedAt and the start of the sync that first saw a change without a new version, such as a deletion.
   */
  changedAt?: null | string
  /**
   * When the connector noticed that the property is gone; null as long as it is there.
   */
  _ab_cdc_deleted_at?: null | string
  /**
   * Why the property is gone: as its content (trashed, purged, filtered: outside the configured filters, or not_visible: purged or hidden from this credential, which the API does not tell apart), or purged where it went alone; null as long as it is there.
   */
  deletionReason?: null | string
  [k: string]: unknown
}

/**
 * Who alone may read or change a content: a row for each user and group that a restriction names, and again for each content below it that inherits it (reading alone is inherited). Of pages, blog posts, folders, whiteboards, databases and embeds, current and archived. To read a content one must be named by every restrictedById that it has rows of, and may read its space.
 */
export interface ContentRestrictionsRow {
  /**
   * The ID of the content that the restriction holds for.
   */
  contentId?: null | string
  /**
   * The type of that content: page, blogpost, folder, whiteboard, database or embed.
   */
  contentType?: null | string
  /**
   * The ID of the space that the content is in.
   */
  spaceId?: null | string
  /**
   * What is restricted: read or update.
   */
  operation?: null | string
  /**
   * The ID of the content that carries the restriction: the content itself, or one that it lies below.
   */
  restrictedById?: null | string
  /**
   * The type of the content that carries the restriction.
   */
  restrictedByType?: null | string
  /**
   * Whether another content carries the restriction, somewhere above this one.
   */
  inherited?: null | boolean
  /**
   * Who is named: user or group.
   */
  principalType?: null | string
  /**
   * The account ID of the user, or the ID of the group; also of those that were deleted, as far as Confluence still names them.
   */
  principalId?: null | string
  /**
   * The display name of the user, or the name of the group, at the time of the sync.
   */
  principalName?: null | string
  [k: string]: unknown
}

/**
 * Every version of pages, blog posts, comments, attachments and custom content of the configured types. The API lists them by content alone, so that this stream costs a request for each content that has more than one; between reconciliations only content with a new version is asked.
 */
export interface ContentVersionsRow {
  /**
   * The ID of the content.
   */
  contentId?: null | string
  /**
   * The type of that content: page, blogpost, comment, attachment or custom-content.
   */
  contentType?: null | string
  /**
   * The version number, counted from 1.
   */
  number?: null | number
  /**
   * When this version was saved.
   */
  createdAt?: null | string
  /**
   * The comment given to this version.
   */
  message?: null | string
  /**
   * Whether this is a minor version, for which nobody is notified.
   */
  minorEdit?: null | boolean
  /**
   * The account ID of the user who saved this version.
   */
  authorId?: null | string
  /**
   * The page, as of this version, where it is one.
   */
  page?: null | {
    /**
     * Its ID.
     */
    id?: null | string
    /**
     * Its title at this version.
     */
    title?: null | string
    /**
     * Its body, which is not asked for.
     */
    body?: null | {
      /**
       * The body in Confluence's storage format.
       */
      storage?: null | {
        /**
         * The name of the format that the value is in.
         */
        representation?: null | string
        /**
         * The body as XHTML-based storage format, with macros and links as elements of their own.
         */
        value?: null | string
        [k: string]: unknown
      }
      /**
       * The body in the Atlassian Document Format.
       */
      atlas_doc_format?: null | {
        /**
         * The name of the format that the value is in.
         */
        representation?: null | string
        /**
         * The body as an Atlassian Document Format document, a JSON text.
         */
        value?: null | string
        [k: string]: unknown
      }
      [k: string]: unknown
    }
    [k: string]: unknown
  }
  /**
   * The blog post, as of this version, where it is one.
   */
  blogpost?: null | {
    /**
     * Its ID.
     */
    id?: null | string
    /**
     * Its title at this version.
     */
    title?: null | string
    /**
     * Its body, which is not asked for.
     */
    body?: null | {
      /**
       * The body in Confluence's storage format.
       */
      storage?: null | {
        /**
         * The name of the format that the value is in.
         */
        representation?: null | string
        /**
         * The body as XHTML-based storage format, with macros and links as elements of their own.
         */
        value?: null | string
        [k: string]: unknown
      }
      /**
       * The body in the Atlassian Document Format.
       */
      atlas_doc_format?: null | {
        /**
         * The name of the format that the value is in.
         */
        representation?: null | string
        /**
         * The body as an Atlassian Document Format document, a JSON text.
         */
        value?: null | string
        [k: string]: unknown
      }
      [k: string]: unknown
    }
    [k: string]: unknown
  }
  /**
   * The comment, as of this version, where it is one.
   */
  comment?: null | {
    /**
     * Its ID.
     */
    id?: null | string
    /**
     * Its title at this version.
     */
    title?: null | string
    /**
     * Its body, which is not asked for.
     */
    body?: null | {
      /**
       * The body in Confluence's storage format.
       */
      storage?: null | {
        /**
         * The name of the format that the value is in.
         */
        representation?: null | string
        /**
         * The body as XHTML-based storage format, with macros and links as elements of their own.
         */
        value?: null | string
        [k: string]: unknown
      }
      /**
       * The body in the Atlassian Document Format.
       */
      atlas_doc_format?: null | {
        /**
         * The name of the format that the value is in.
         */
        representation?: null | string
        /**
         * The body as an Atlassian Document Format document, a JSON text.
         */
        value?: null | string
        [k: string]: unknown
      }
      [k: string]: unknown
    }
    [k: string]: unknown
  }
  /**
   * The attachment, as of this version, where it is one.
   */
  attachment?: null | {
    /**
     * Its ID.
     */
    id?: null | string
    /**
     * Its title at this version.
     */
    title?: null | string
    /**
     * Its body, which is not asked for.
     */
    body?: null | {
      /**
       * The body in Confluence's storage format.
       */
      storage?: null | {
        /**
         * The name of the format that the value is in.
         */
        representation?: null | string
        /**
         * The body as XHTML-based storage format, with macros and links as elements of their own.
         */
        value?: null | string
        [k: string]: unknown
      }
      /**
       * The body in the Atlassian Document Format.
       */
      atlas_doc_format?: null | {
        /**
         * The name of the format that the value is in.
         */
        representation?: null | string
        /**
         * The body as an Atlassian Document Format document, a JSON text.
         */
        value?: null | string
        [k: string]: unknown
      }
      [k: string]: unknown
    }
    [k: string]: unknown
  }
  /**
   * The custom content, as of this version, where it is one.
   */
  custom?: null | {
    /**
     * Its ID.
     */
    id?: null | string
    /**
     * Its title at this version.
     */
    title?: null | string
    /**
     * Its body, which is not asked for.
     */
    body?: null | {
      /**
       * The body in Confluence's storage format.
       */
      storage?: null | {
        /**
         * The name of the format that the value is in.
         */
        representation?: null | string
        /**
         * The body as XHTML-based storage format, with macros and links as elements of their own.
         */
        value?: null | string
        [k: string]: unknown
      }
      /**
       * The body in the Atlassian Document Format.
       */
      atlas_doc_format?: null | {
        /**
         * The name of the format that the value is in.
         */
        representation?: null | string
        /**
         * The body as an Atlassian Document Format document, a JSON text.
         */
        value?: null | string
        [k: string]: unknown
      }
      [k: string]: unknown
    }
    [k: string]: unknown
  }
  /**
   * The cursor: the later of createdAt and the start of the sync that first saw a change of the row, such as a deletion.
   */
  changedAt?: null | string
  /**
   * When the connector noticed that the version is gone; null as long as it is there.
   */
  _ab_cdc_deleted_at?: null | string
  /**
   * Why the version is gone: as its content (trashed, purged, filtered: outside the configured filters, or not_visible: purged or hidden from this credential, which the API does not tell apart), or purged where it went alone; null as long as it is there.
   */
  deletionReason?: null | string
  [k: string]: unknown
}

/**
 * How often each page and blog post was viewed since it was created, and by how many people. Not every plan of Confluence has these counts; without them there are no rows. This stream costs two requests for each page and blog post, at every sync.
 */
export interface ContentViewsRow {
  /**
   * The ID of the content.
   */
  contentId?: null | string
  /**
   * The type of that content: page or blogpost.
   */
  contentType?: null | string
  /**
   * How often it was viewed.
   */
  views?: null | number
  /**
   * How many people viewed it.
   */
  viewers?: null | number
  [k: string]: unknown
}

/**
 * What apps keep in Confluence, of the types that the setting custom_content_types names, with its body: on pages, blog posts, in spaces and on other custom content.
 */
export interface CustomContentRow {
  /**
   * The ID of the custom content, a 64-bit number as text.
   */
  id?: null | string
  /**
   * The full type of the custom content, as the app names it that brings it, such as ac:com.example.diagrams:diagram.
   */
  type?: null | string
  /**
   * The status of the custom content, such as current.
   */
  status?: null | string
  /**
   * The title of the custom content.
   */
  title?: null | string
  /**
   * The ID of the space that the custom content is in, whatever it hangs on.
   */
  spaceId?: null | string
  /**
   * The ID of the page that the custom content hangs on; absent where it hangs on something else.
   */
  pageId?: null | string
  /**
   * The ID of the blog post that the custom content hangs on; absent where it hangs on something else.
   */
  blogPostId?: null | string
  /**
   * The ID of the custom content that this one hangs on; absent where it hangs on something else.
   */
  customContentId?: null | string
  /**
   * The account ID of the user who created the custom content.
   */
  authorId?: null | string
  /**
   * When the custom content was created.
   */
  createdAt?: null | string
  /**
   * The version of the custom content that the API answers as the latest one.
   */
  version?: null | {
    /**
     * The version number, counted from 1.
     */
    number?: null | number
    /**
     * When this version was saved.
     */
    createdAt?: null | string
    /**
     * The comment its author gave to this version; empty when none was given.
     */
    message?: null | string
    /**
     * Whether the author saved it as a minor edit, which notifies nobody.
     */
    minorEdit?: null | boolean
    /**
     * The account ID of the user who saved this version.
     */
    authorId?: null | string
    /**
     * The step of the collaborative editor that this version was saved at, where the site answers it.
     */
    ncsStepVersion?: null | string
    [k: string]: unknown
  }
  /**
   * The body of the custom content: in the format that the setting body_format names, or raw where the app keeps it so.
   */
  body?: null | {
    /**
     * The body in Confluence's storage format.
     */
    storage?: null | {
      /**
       * The name of the format that the value is in.
       */
      representation?: null | string
      /**
       * The body as XHTML-based storage format, with macros and links as elements of their own.
       */
      value?: null | string
      [k: string]: unknown
    }
    /**
     * The body in the Atlassian Document Format.
     */
    atlas_doc_format?: null | {
      /**
       * The name of the format that the value is in.
       */
      representation?: null | string
      /**
       * The body as an Atlassian Document Format document, a JSON text.
       */
      value?: null | string
      [k: string]: unknown
    }
    /**
     * The body as the app keeps it, in a format of its own; only where its type has raw bodies.
     */
    raw?: null | {
      /**
       * The name of the format that the value is in.
       */
      representation?: null | string
      /**
       * The body as the app has written it, often a JSON text.
       */
      value?: null | string
      [k: string]: unknown
    }
    [k: string]: unknown
  }
  /**
   * Addresses in the web interface, relative to the site's address followed by /wiki.
   */
  _links?: null | {
    /**
     * The address that shows the custom content.
     */
    webui?: null | string
    [k: string]: unknown
  }
  /**
   * When the custom content was last changed by a new version: version.createdAt, lifted to the top.
   */
  updatedAt?: null | string
  /**
   * The cursor: the later of updatedAt and the start of the sync that first saw a change without a new version, such as a move, an archiving, a restore or a deletion.
   */
  changedAt?: null | string
  /**
   * When the connector noticed that the custom content is gone; null as long as it is there.
   */
  _ab_cdc_deleted_at?: null | string
  /**
   * Why the custom content is gone: trashed, purged, filtered (outside the configured filters) or not_visible (purged or hidden from this credential, which the API does not tell apart); null as long as it is there.
   */
  deletionReason?: null | string
  [k: string]: unknown
}

/**
 * Every database that the credential can see, current and archived, without its entries. One that no search shows and that no content names as its parent cannot be known. Costs a request for each.
 */
export interface DatabasesRow {
  /**
   * The ID of the database, a 64-bit number as text.
   */
  id?: null | string
  /**
   * The type of the content as the API names it: database.
   */
  type?: null | string
  /**
   * The status of the database: current or archived. One in the trash is no row.
   */
  status?: null | string
  /**
   * The title of the database.
   */
  title?: null | string
  /**
   * The ID of the space that the database is in.
   */
  spaceId?: null | string
  /**
   * The ID of the content that the database is under; null at the top of the space.
   */
  parentId?: null | string
  /**
   * The type of that parent: page, whiteboard, database, embed or folder; null at the top of the space.
   */
  parentType?: null | string
  /**
   * The position of the database among the content under the same parent.
   */
  position?: null | number
  /**
   * The account ID of the user who created the database.
   */
  authorId?: null | string
  /**
   * The account ID of the user who owns the database.
   */
  ownerId?: null | string
  /**
   * When the database was created.
   */
  createdAt?: null | string
  /**
   * The latest version of the database.
   */
  version?: null | {
    /**
     * The version number, counted from 1.
     */
    number?: null | number
    /**
     * When this version was saved.
     */
    createdAt?: null | string
    /**
     * The comment its author gave to this version; empty when none was given.
     */
    message?: null | string
    /**
     * Whether the author saved it as a minor edit, which notifies nobody.
     */
    minorEdit?: null | boolean
    /**
     * The account ID of the user who saved this version.
     */
    authorId?: null | string
    /**
     * The step of the collaborative editor that this version was saved at, where the site answers it.
     */
    ncsStepVersion?: null | string
    [k: string]: unknown
  }
  /**
   * Paths of the database, relative to the site's address.
   */
  _links?: null | {
    /**
     * The database in the browser, below the site's /wiki.
     */
    webui?: null | string
    [k: string]: unknown
  }
  [k: string]: unknown
}

/**
 * Every Smart Link in the content tree that the credential can see, current and archived. One that no search shows and that no content names as its parent cannot be known. Costs a request for each.
 */
export interface EmbedsRow {
  /**
   * The ID of the Smart Link, a 64-bit number as text.
   */
  id?: null | string
  /**
   * The type of the content as the API names it: embed.
   */
  type?: null | string
  /**
   * The status of the Smart Link: current or archived. One in the trash is no row.
   */
  status?: null | string
  /**
   * The title of the Smart Link.
   */
  title?: null | string
  /**
   * The ID of the space that the Smart Link is in.
   */
  spaceId?: null | string
  /**
   * The ID of the content that the Smart Link is under; null at the top of the space.
   */
  parentId?: null | string
  /**
   * The type of that parent: page, whiteboard, database, embed or folder; null at the top of the space.
   */
  parentType?: null | string
  /**
   * The position of the Smart Link among the content under the same parent.
   */
  position?: null | number
  /**
   * The account ID of the user who created the Smart Link.
   */
  authorId?: null | string
  /**
   * The account ID of the user who owns the Smart Link.
   */
  ownerId?: null | string
  /**
   * When the Smart Link was created.
   */
  createdAt?: null | string
  /**
   * The address that the Smart Link leads to; absent where it has none.
   */
  embedUrl?: null | string
  /**
   * The latest version of the Smart Link.
   */
  version?: null | {
    /**
     * The version number, counted from 1.
     */
    number?: null | number
    /**
     * When this version was saved.
     */
    createdAt?: null | string
    /**
     * The comment its author gave to this version; empty when none was given.
     */
    message?: null | string
    /**
     * Whether the author saved it as a minor edit, which notifies nobody.
     */
    minorEdit?: null | boolean
    /**
     * The account ID of the user who saved this version.
     */
    authorId?: null | string
    /**
     * The step of the collaborative editor that this version was saved at, where the site answers it.
     */
    ncsStepVersion?: null | string
    [k: string]: unknown
  }
  /**
   * Paths of the Smart Link, relative to the site's address.
   */
  _links?: null | {
    /**
     * The Smart Link in the browser, below the site's /wiki.
     */
    webui?: null | string
    [k: string]: unknown
  }
  [k: string]: unknown
}

/**
 * Every folder that the credential can see, current and archived. One that no search shows and that no content names as its parent cannot be known. Costs a request for each.
 */
export interface FoldersRow {
  /**
   * The ID of the folder, a 64-bit number as text.
   */
  id?: null | string
  /**
   * The type of the content as the API names it: folder.
   */
  type?: null | string
  /**
   * The status of the folder: current or archived. One in the trash is no row.
   */
  status?: null | string
  /**
   * The title of the folder.
   */
  title?: null | string
  /**
   * The ID of the space that the folder is in.
   */
  spaceId?: null | string
  /**
   * The ID of the content that the folder is under; null at the top of the space.
   */
  parentId?: null | string
  /**
   * The type of that parent: page, whiteboard, database, embed or folder; null at the top of the space.
   */
  parentType?: null | string
  /**
   * The position of the folder among the content under the same parent.
   */
  position?: null | number
  /**
   * The account ID of the user who created the folder.
   */
  authorId?: null | string
  /**
   * The account ID of the user who owns the folder.
   */
  ownerId?: null | string
  /**
   * When the folder was created.
   */
  createdAt?: null | string
  /**
   * The latest version of the folder.
   */
  version?: null | {
    /**
     * The version number, counted from 1.
     */
    number?: null | number
    /**
     * When this version was saved.
     */
    createdAt?: null | string
    /**
     * The comment its author gave to this version; empty when none was given.
     */
    message?: null | string
    /**
     * Whether the author saved it as a minor edit, which notifies nobody.
     */
    minorEdit?: null | boolean
    /**
     * The account ID of the user who saved this version.
     */
    authorId?: null | string
    /**
     * The step of the collaborative editor that this version was saved at, where the site answers it.
     */
    ncsStepVersion?: null | string
    [k: string]: unknown
  }
  /**
   * Paths of the folder, relative to the site's address.
   */
  _links?: null | {
    /**
     * The folder in the browser, below the site's /wiki.
     */
    webui?: null | string
    [k: string]: unknown
  }
  [k: string]: unknown
}

/**
 * All labels of the site, whether or not anything carries them.
 */
export interface LabelsRow {
  /**
   * The ID of the label.
   */
  id?: null | string
  /**
   * The name of the label.
   */
  name?: null | string
  /**
   * Whose it is: global (everybody's), my (one person's), team (of spaces) or system.
   */
  prefix?: null | string
  [k: string]: unknown
}

/**
 * Who likes which page, blog post or comment. The API has no list of all likes, so that this stream costs a request for each page, blog post and comment, at every sync.
 */
export interface LikesRow {
  /**
   * The ID of the content that is liked.
   */
  contentId?: null | string
  /**
   * The type of that content: page, blogpost or comment.
   */
  contentType?: null | string
  /**
   * The account ID of the user who likes it.
   */
  accountId?: null | string
  [k: string]: unknown
}

/**
 * The labels of spaces that the API lists: those of teams and of the person who reads. A row for each space and label.
 */
export interface SpaceLabelsRow {
  /**
   * The ID of the space.
   */
  spaceId?: null | string
  /**
   * The ID of the label.
   */
  labelId?: null | string
  /**
   * The ID of the label, as the API names it: the same as labelId.
   */
  id?: null | string
  /**
   * The name of the label.
   */
  name?: null | string
  /**
   * Whose it is: global (everybody's), my (one person's), team (of spaces) or system.
   */
  prefix?: null | string
  [k: string]: unknown
}

/**
 * Who may do what in which space: a row for each operation that a user, a group, a role or a class of people is allowed.
 */
export interface SpacePermissionsRow {
  /**
   * The ID of the permission.
   */
  id?: null | string
  /**
   * The ID of the space.
   */
  spaceId?: null | string
  /**
   * Who is allowed the operation.
   */
  principal?: null | {
    /**
     * What the ID is of, such as user, group, role or access-class (a class of people).
     */
    type?: null | string
    /**
     * The account ID of the user, the ID of the group or role, or the name of the class, such as anonymous-users.
     */
    id?: null | string
    [k: string]: unknown
  }
  /**
   * What is allowed.
   */
  operation?: null | {
    /**
     * The operation, such as read, create, delete, export or administer.
     */
    key?: null | string
    /**
     * What the operation is done to, such as space, page, blogpost, comment or attachment.
     */
    targetType?: null | string
    [k: string]: unknown
  }
  [k: string]: unknown
}

/**
 * What apps and scripts keep with spaces: a row for each property, a key with a value of any form.
 */
export interface SpacePropertiesRow {
  /**
   * The ID of the property.
   */
  id?: null | string
  /**
   * The ID of the space.
   */
  spaceId?: null | string
  /**
   * The key of the property, unique within its space.
   */
  key?: null | string
  /**
   * The value of the property: JSON of any form. A destination that has no type for that keeps its text.
   */
  value?:
    | null
    | {
        [k: string]: unknown
      }
    | unknown[]
    | string
    | number
    | boolean
  /**
   * When the property was created.
   */
  createdAt?: null | string
  /**
   * The account ID of the user who created the property.
   */
  createdBy?: null | string
  /**
   * The current version of the property.
   */
  version?: null | {
    /**
     * The version number, counted from 1.
     */
    number?: null | number
    /**
     * When this version was saved.
     */
    createdAt?: null | string
    /**
     * The account ID of the user who saved this version.
     */
    createdBy?: null | string
    /**
     * The comment given to this version.
     */
    message?: null | string
    [k: string]: unknown
  }
  [k: string]: unknown
}

/**
 * Who has which role in which space, of sites that have roles: a row for each space, role and user, group or class of people.
 */
export interface SpaceRoleAssignmentsRow {
  /**
   * The ID of the space.
   */
  spaceId?: null | string
  /**
   * The ID of the role.
   */
  roleId?: null | string
  /**
   * Who has the role: USER, GROUP or ACCESS_CLASS (a class of people); from principal.
   */
  principalType?: null | string
  /**
   * The account ID of the user, the ID of the group, or the name of the class, such as all-licensed-users; from principal.
   */
  principalId?: null | string
  /**
   * Who has the role, as the API has it.
   */
  principal?: null | {
    /**
     * USER, GROUP or ACCESS_CLASS.
     */
    principalType?: null | string
    /**
     * The account ID of the user, the ID of the group, or the name of the class.
     */
    principalId?: null | string
    [k: string]: unknown
  }
  [k: string]: unknown
}

/**
 * The roles that people can be given in spaces, of sites that have roles.
 */
export interface SpaceRolesRow {
  /**
   * The ID of the role.
   */
  id?: null | string
  /**
   * SYSTEM for a role that every site has, CUSTOM for one of the site's own.
   */
  type?: null | string
  /**
   * The name of the role.
   */
  name?: null | string
  /**
   * What the role is for.
   */
  description?: null | string
  /**
   * The permissions that the role is made of.
   */
  spacePermissions?: null | (null | string)[]
  [k: string]: unknown
}

/**
 * Every task of pages and blog posts that the credential can see, blank ones too, with its body in the configured format.
 */
export interface TasksRow {
  /**
   * The ID of the task, a 64-bit number as text.
   */
  id?: null | string
  /**
   * The ID of the task within its page or blog post.
   */
  localId?: null | string
  /**
   * The ID of the space that the task is in.
   */
  spaceId?: null | string
  /**
   * The ID of the page that the task is in; null for one in a blog post.
   */
  pageId?: null | string
  /**
   * The ID of the blog post that the task is in; null for one in a page.
   */
  blogPostId?: null | string
  /**
   * The status of the task: complete or incomplete.
   */
  status?: null | string
  /**
   * The account ID of the user who created the task.
   */
  createdBy?: null | string
  /**
   * The account ID of the user to whom the task is assigned.
   */
  assignedTo?: null | string
  /**
   * The account ID of the user who completed the task.
   */
  completedBy?: null | string
  /**
   * When the task was created.
   */
  createdAt?: null | string
  /**
   * When the task was updated.
   */
  updatedAt?: null | string
  /**
   * When the task is due.
   */
  dueAt?: null | string
  /**
   * When the task was completed.
   */
  completedAt?: null | string
  /**
   * The body of the task, in the format that was asked for.
   */
  body?: null | {
    /**
     * The body in the storage format.
     */
    storage?: null | {
      /**
       * The name of the format that the value is in.
       */
      representation?: null | string
      /**
       * The body.
       */
      value?: null | string
      [k: string]: unknown
    }
    /**
     * The body as an Atlassian document.
     */
    atlas_doc_format?: null | {
      /**
       * The name of the format that the value is in.
       */
      representation?: null | string
      /**
       * The body.
       */
      value?: null | string
      [k: string]: unknown
    }
    [k: string]: unknown
  }
  [k: string]: unknown
}

/**
 * Every template of the site and of its spaces, and those that blueprints bring, with its body in the storage format.
 */
export interface TemplatesRow {
  /**
   * The ID of the template.
   */
  templateId?: null | string
  /**
   * The ID of the space that the template is of; null for one of the whole site, which spaces inherit.
   */
  spaceId?: null | string
  /**
   * The name of the template.
   */
  name?: null | string
  /**
   * What the template is for.
   */
  description?: null | string
  /**
   * The type of the template, such as page or blueprint.
   */
  templateType?: null | string
  /**
   * What a blueprint's template comes from.
   */
  originalTemplate?: null | {
    /**
     * The key of the app that brings the blueprint.
     */
    pluginKey?: null | string
    /**
     * The key of the template in that app.
     */
    moduleKey?: null | string
    [k: string]: unknown
  }
  /**
   * The key of the blueprint that uses the template.
   */
  referencingBlueprint?: null | string
  /**
   * The space as the API shows it, where it shows one; spaceId tells it in any case.
   */
  space?: null | {
    /**
     * The key of the space.
     */
    key?: null | string
    /**
     * The name of the space.
     */
    name?: null | string
    [k: string]: unknown
  }
  /**
   * The labels that content made from the template is given.
   */
  labels?:
    | null
    | (null | {
        /**
         * The ID of the label.
         */
        id?: null | string
        /**
         * The prefix of the label, such as global, my or team.
         */
        prefix?: null | string
        /**
         * The name of the label.
         */
        name?: null | string
        /**
         * The label as it is shown: its name, with its prefix unless that is global.
         */
        label?: null | string
        [k: string]: unknown
      })[]
  /**
   * The version of the editor that the template is for.
   */
  editorVersion?: null | string
  /**
   * The body of the template; the API gives it in the storage format alone, and it is left out where body_format is none.
   */
  body?: null | {
    /**
     * The body in the storage format.
     */
    storage?: null | {
      /**
       * The name of the format that the value is in.
       */
      representation?: null | string
      /**
       * The body.
       */
      value?: null | string
      [k: string]: unknown
    }
    [k: string]: unknown
  }
  /**
   * Links to the template, relative to the base that lists name.
   */
  _links?: null | {
    /**
     * The address of the template in the API.
     */
    self?: null | string
    [k: string]: unknown
  }
  [k: string]: unknown
}

/**
 * Every whiteboard that the credential can see, current and archived, without what is drawn on it. One that no search shows and that no content names as its parent cannot be known. Costs a request for each.
 */
export interface WhiteboardsRow {
  /**
   * The ID of the whiteboard, a 64-bit number as text.
   */
  id?: null | string
  /**
   * The type of the content as the API names it: whiteboard.
   */
  type?: null | string
  /**
   * The status of the whiteboard: current or archived. One in the trash is no row.
   */
  status?: null | string
  /**
   * The title of the whiteboard.
   */
  title?: null | string
  /**
   * The ID of the space that the whiteboard is in.
   */
  spaceId?: null | string
  /**
   * The ID of the content that the whiteboard is under; null at the top of the space.
   */
  parentId?: null | string
  /**
   * The type of that parent: page, whiteboard, database, embed or folder; null at the top of the space.
   */
  parentType?: null | string
  /**
   * The position of the whiteboard among the content under the same parent.
   */
  position?: null | number
  /**
   * The account ID of the user who created the whiteboard.
   */
  authorId?: null | string
  /**
   * The account ID of the user who owns the whiteboard.
   */
  ownerId?: null | string
  /**
   * When the whiteboard was created.
   */
  createdAt?: null | string
  /**
   * The latest version of the whiteboard.
   */
  version?: null | {
    /**
     * The version number, counted from 1.
     */
    number?: null | number
    /**
     * When this version was saved.
     */
    createdAt?: null | string
    /**
     * The comment its author gave to this version; empty when none was given.
     */
    message?: null | string
    /**
     * Whether the author saved it as a minor edit, which notifies nobody.
     */
    minorEdit?: null | boolean
    /**
     * The account ID of the user who saved this version.
     */
    authorId?: null | string
    /**
     * The step of the collaborative editor that this version was saved at, where the site answers it.
     */
    ncsStepVersion?: null | string
    [k: string]: unknown
  }
  /**
   * Paths of the whiteboard, relative to the site's address.
   */
  _links?: null | {
    /**
     * The whiteboard in the browser, below the site's /wiki.
     */
    webui?: null | string
    /**
     * The editor of the whiteboard in the browser, below the site's /wiki.
     */
    editui?: null | string
    [k: string]: unknown
  }
  [k: string]: unknown
}
