//! The classes that models extend when their parent is not the application's: Eloquent's own, and models that packages
//! bring to be extended.

/// What a class of the framework or of a package gives the models that extend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Base {
    /// The table that it names itself.
    pub(crate) table: Option<&'static str>,
    /// Whether it stands between two models.
    pub(crate) is_pivot: bool,
    /// Whether a table that is not named takes the singular.
    pub(crate) has_singular_table: bool,
    /// Whether everything may be filled in.
    pub(crate) is_unguarded: bool,
    /// The name of its key's column.
    pub(crate) key: &'static str,
    /// The property that names its table.
    pub(crate) table_property: &'static str,
    /// Whether its key is no number that counts up.
    pub(crate) key_is_text: bool,
    /// Whether what the class gives is known; else it only looks like a model.
    pub(crate) is_known: bool,
}

const PLAIN: Base = Base {
    table: None,
    is_pivot: false,
    has_singular_table: false,
    is_unguarded: false,
    key: "id",
    table_property: "table",
    key_is_text: false,
    is_known: true,
};
/// A class of a package that is a model going by the classes that extend it.
pub(crate) const GUESSED: Base = Base { is_known: false, ..PLAIN };
const PIVOT: Base = Base { is_pivot: true, has_singular_table: true, is_unguarded: true, ..PLAIN };

/// Classes that name no table of their own. `Eloquent` is the alias that applications had up to Laravel 8.
const PLAIN_BASES: &[&str] = &[
    "Illuminate\\Database\\Eloquent\\Model",
    "Illuminate\\Foundation\\Auth\\User",
    "Eloquent",
    "Baum\\Node",
    "Watson\\Rememberable\\Eloquent\\Model",
    "Laravel\\Sanctum\\PersonalAccessToken",
    "Laravel\\Cashier\\Subscription",
    "Laravel\\Cashier\\SubscriptionItem",
    "Laravel\\Jetstream\\Team",
    "Laravel\\Jetstream\\TeamInvitation",
    "Laravel\\Spark\\Team",
    "Laravel\\Spark\\User",
    "TCG\\Voyager\\Models\\User",
    "Cartalyst\\Sentinel\\Users\\EloquentUser",
    "Cartalyst\\Sentry\\Users\\Eloquent\\User",
];

/// Classes whose rows are documents: the key is MongoDB's, the table a collection.
const DOCUMENT_BASES: &[&str] = &[
    "Jenssegers\\Mongodb\\Eloquent\\Model",
    "Jenssegers\\Mongodb\\Auth\\User",
    "Jenssegers\\Mongodb\\Model",
    "MongoDB\\Laravel\\Eloquent\\Model",
    "MongoDB\\Laravel\\Auth\\User",
    "Moloquent",
];

const PIVOT_BASES: &[&str] = &[
    "Illuminate\\Database\\Eloquent\\Relations\\Pivot",
    "Illuminate\\Database\\Eloquent\\Relations\\MorphPivot",
    "Laravel\\Jetstream\\Membership",
    "Jenssegers\\Mongodb\\Relations\\Pivot",
    "Spatie\\Permission\\Models\\Pivot",
];

/// Classes with a table of their own; where a package reads its name from configuration, the package's default stands.
const TABLED_BASES: &[(&str, &str)] = &[
    ("Illuminate\\Notifications\\DatabaseNotification", "notifications"),
    ("Laravel\\Passport\\Client", "oauth_clients"),
    ("Laravel\\Passport\\Token", "oauth_access_tokens"),
    ("Laravel\\Passport\\RefreshToken", "oauth_refresh_tokens"),
    ("Laravel\\Passport\\AuthCode", "oauth_auth_codes"),
    ("Laravel\\Passport\\PersonalAccessClient", "oauth_personal_access_clients"),
    ("Spatie\\Permission\\Models\\Role", "roles"),
    ("Spatie\\Permission\\Models\\Permission", "permissions"),
    ("Spatie\\MediaLibrary\\MediaCollections\\Models\\Media", "media"),
    ("Spatie\\MediaLibrary\\Models\\Media", "media"),
    ("Spatie\\MediaLibrary\\Media", "media"),
    ("Spatie\\Activitylog\\Models\\Activity", "activity_log"),
    ("Spatie\\Tags\\Tag", "tags"),
    ("Cartalyst\\Sentinel\\Roles\\EloquentRole", "roles"),
    ("Silber\\Bouncer\\Database\\Role", "roles"),
    ("Silber\\Bouncer\\Database\\Ability", "abilities"),
    ("Laratrust\\Models\\Role", "roles"),
    ("Laratrust\\Models\\Permission", "permissions"),
    ("Laratrust\\Models\\Team", "teams"),
    ("Laratrust\\Models\\LaratrustRole", "roles"),
    ("Laratrust\\Models\\LaratrustPermission", "permissions"),
    ("Laratrust\\Models\\LaratrustTeam", "teams"),
    ("Zizaco\\Entrust\\EntrustRole", "roles"),
    ("Zizaco\\Entrust\\EntrustPermission", "permissions"),
    ("OwenIt\\Auditing\\Models\\Audit", "audits"),
    ("Venturecraft\\Revisionable\\Revision", "revisions"),
    ("Stancl\\Tenancy\\Database\\Models\\Tenant", "tenants"),
    ("Stancl\\Tenancy\\Database\\Models\\Domain", "domains"),
    ("Spatie\\Multitenancy\\Models\\Tenant", "tenants"),
    ("LaravelWebauthn\\Models\\WebauthnKey", "webauthn_keys"),
    ("Laragear\\WebAuthn\\Models\\WebAuthnCredential", "webauthn_credentials"),
];

/// Of those, the ones that guard nothing.
const UNGUARDED_BASES: &[&str] = &[
    "Illuminate\\Notifications\\DatabaseNotification",
    "Laravel\\Passport\\Client",
    "Laravel\\Passport\\Token",
    "Laravel\\Passport\\RefreshToken",
    "Laravel\\Passport\\AuthCode",
    "Spatie\\Permission\\Models\\Role",
    "Spatie\\Permission\\Models\\Permission",
    "Spatie\\MediaLibrary\\MediaCollections\\Models\\Media",
    "Spatie\\MediaLibrary\\Models\\Media",
    "Spatie\\Activitylog\\Models\\Activity",
    "Spatie\\Tags\\Tag",
    "OwenIt\\Auditing\\Models\\Audit",
    "Stancl\\Tenancy\\Database\\Models\\Tenant",
    "Stancl\\Tenancy\\Database\\Models\\Domain",
    "Spatie\\Multitenancy\\Models\\Tenant",
    "Laravel\\Cashier\\Subscription",
    "Laravel\\Cashier\\SubscriptionItem",
];

/// What a class that is not the application's gives as the parent of a model; `None` when it is no model.
pub(crate) fn base(class: &str) -> Option<Base> {
    let class = class.trim_start_matches('\\');
    let is = |name: &&str| name.eq_ignore_ascii_case(class);
    let is_unguarded = UNGUARDED_BASES.iter().any(is);
    if PLAIN_BASES.iter().any(is) {
        return Some(Base { is_unguarded, ..PLAIN });
    }
    if DOCUMENT_BASES.iter().any(is) {
        return Some(Base { key: "_id", table_property: "collection", key_is_text: true, ..PLAIN });
    }
    if PIVOT_BASES.iter().any(is) {
        return Some(Base { has_singular_table: !class.ends_with("MorphPivot"), ..PIVOT });
    }
    if let Some((name, table)) = TABLED_BASES.iter().find(|(name, _)| is(name)) {
        let key_is_text = name.starts_with("Illuminate\\Notifications");
        return Some(Base { table: Some(*table), is_unguarded, key_is_text, ..PLAIN });
    }
    // A package keeps its models where applications do.
    let (space, short) = class.rsplit_once('\\')?;
    let is_in_models = space.split('\\').any(|part| part == "Models");
    let is_other = ["Builder", "Collection", "Repository", "Factory", "Observer", "Scope", "Resource"];
    let is_framework = space.starts_with("Illuminate\\");
    let looks_like_one = is_in_models && !is_other.iter().any(|end| short.ends_with(end)) || short == "Model";
    (looks_like_one && !is_framework).then_some(GUESSED)
}
