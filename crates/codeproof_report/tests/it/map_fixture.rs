//! A small application's map, built in code: a shop with a few of everything a map can hold.

use std::collections::BTreeMap;

use codeproof_types::laravel::{
    Authentication, Certainty, Column, Concern, ConcernKind, ForeignKey, HandlerType, IndexKind, LaravelMap,
    MiddlewareNames, MigrationOperation, Model, Operation, RawStatement, Relationship, Route, Table, TableIndex,
    UnknownPart,
};
use serde_json::json;

/// The map of the shop.
pub(crate) fn map() -> LaravelMap {
    let migrations = vec![
        operation(Operation::Create, "users", 0),
        operation(Operation::Create, "orders", 1),
        MigrationOperation {
            is_destructive: true,
            destructive_operations: vec!["column users.nickname".to_owned()],
            dropped_columns: vec!["nickname".to_owned()],
            ..operation(Operation::Alter, "users", 2)
        },
    ];
    LaravelMap {
        framework_version: Some("12.1.0".to_owned()),
        routes: routes(),
        rollbacks: vec![operation(Operation::Drop, "users", 0)],
        migrations,
        alternatives: Vec::new(),
        raw_statements: vec![raw_statement()],
        schema: schema(),
        models: models(),
        middleware: MiddlewareNames {
            aliases: BTreeMap::from([("auth".to_owned(), "Illuminate\\Auth\\Middleware\\Authenticate".to_owned())]),
            groups: BTreeMap::from([("web".to_owned(), vec!["Illuminate\\Session\\StartSession".to_owned()])]),
            global: Vec::new(),
        },
        concerns: vec![concern()],
        limits: vec![unknown("a provider of a package is not read", "config/app.php", 140)],
    }
}

/// A route of `App\Http\Controllers\<controller>`, behind `web`.
pub(crate) fn route(method: &str, uri: &str, controller: &str, action: &str) -> Route {
    let controller = format!("App\\Http\\Controllers\\{controller}");
    Route {
        method: method.to_owned(),
        methods: vec![method.to_owned()],
        uri: uri.trim_start_matches('/').to_owned(),
        full_uri: uri.to_owned(),
        name: None,
        controller_symbol: Some(format!("{}.php:12", controller.replacen("App", "app", 1).replace('\\', "/"))),
        controller: Some(controller),
        action: Some(action.to_owned()),
        handler_type: HandlerType::Controller,
        middleware: vec!["web".to_owned()],
        excluded_middleware: Vec::new(),
        controller_middleware: Vec::new(),
        middleware_classes: vec!["Illuminate\\Session\\StartSession".to_owned()],
        authentication: Authentication::None,
        authenticated_by: None,
        domain: None,
        wheres: BTreeMap::new(),
        defaults: BTreeMap::new(),
        binding_fields: BTreeMap::new(),
        group_prefix: String::new(),
        group_middleware: vec!["web".to_owned()],
        source_file: "routes/web.php".to_owned(),
        start_line: 10,
        end_line: 12,
        registered_through: vec!["bootstrap/app.php".to_owned()],
        models: Vec::new(),
        framework: false,
        certainty: Certainty::Exact,
        conditional: false,
        unknown: Vec::new(),
    }
}

/// A route that asks to be signed in and touches a model.
pub(crate) fn signed_in(route: Route, model: &str) -> Route {
    let class = "Illuminate\\Auth\\Middleware\\Authenticate".to_owned();
    Route {
        middleware: vec!["web".to_owned(), "auth".to_owned()],
        middleware_classes: vec!["Illuminate\\Session\\StartSession".to_owned(), class.clone()],
        authentication: Authentication::Required,
        authenticated_by: Some(class),
        models: vec![format!("App\\Models\\{model}")],
        name: Some(format!("{}.{}", route.uri.replace('/', "."), route.action.clone().unwrap_or_default())),
        ..route
    }
}

fn routes() -> Vec<Route> {
    let resource = [
        ("GET", "/orders", "index"),
        ("POST", "/orders", "store"),
        ("GET", "/orders/{order}", "show"),
        ("PUT", "/orders/{order}", "update"),
        ("DELETE", "/orders/{order}", "destroy"),
    ];
    let resource =
        resource.map(|(method, uri, action)| signed_in(route(method, uri, "OrderController", action), "Order"));
    let mut routes = resource.to_vec();
    routes[3].methods.push("PATCH".to_owned());
    let closure = Route {
        handler_type: HandlerType::Closure,
        controller: None,
        action: None,
        controller_symbol: None,
        ..route("GET", "/", "", "")
    };
    let debug = Route {
        certainty: Certainty::Conditional,
        conditional: true,
        unknown: vec![unknown("hangs on the environment variable DEBUG_ROUTES", "routes/web.php", 30)],
        ..route("GET", "/debug", "DebugController", "show")
    };
    let package = Route {
        certainty: Certainty::Partial,
        authentication: Authentication::Unknown,
        unknown: vec![unknown("the middleware is computed", "routes/api.php", 7)],
        ..route("POST", "/api/orders/import", "Api\\ImportController", "store")
    };
    let about = Route {
        handler_type: HandlerType::View,
        controller: Some("Illuminate\\Routing\\ViewController".to_owned()),
        action: Some("__invoke".to_owned()),
        controller_symbol: None,
        defaults: BTreeMap::from([("view".to_owned(), json!("pages.about"))]),
        ..route("GET", "/about", "", "")
    };
    let login = route("POST", "/login", "SessionController", "store");
    routes.extend([closure, debug, package, about, login]);
    routes
}

/// A column that may not be empty.
pub(crate) fn column(name: &str, kind: &str) -> Column {
    let is_id = name == "id";
    let modifiers = if is_id { BTreeMap::from([("autoIncrement".to_owned(), json!(true))]) } else { BTreeMap::new() };
    Column { name: name.to_owned(), kind: kind.to_owned(), nullable: false, default: None, change: false, modifiers }
}

/// A foreign key to `id` of another table.
pub(crate) fn foreign_key(column: &str, table: &str) -> ForeignKey {
    ForeignKey {
        columns: vec![column.to_owned()],
        references: Some("id".to_owned()),
        on: Some(table.to_owned()),
        on_delete: Some("cascade".to_owned()),
        on_update: None,
        name: None,
    }
}

/// A table with an `id` and foreign keys `<singular>_id`.
pub(crate) fn table(name: &str, columns: &[(&str, &str)], to: &[(&str, &str)]) -> Table {
    let columns = [("id", "bigInteger")].iter().chain(columns);
    Table {
        name: name.to_owned(),
        columns: columns.map(|(name, kind)| column(name, kind)).collect(),
        indexes: Vec::new(),
        foreign_keys: to.iter().map(|(column, table)| foreign_key(column, table)).collect(),
        file_path: format!("database/migrations/2026_01_01_000000_create_{name}_table.php"),
        line: 14,
        certainty: Certainty::Exact,
    }
}

fn schema() -> Vec<Table> {
    let mut users = table("users", &[("email", "string")], &[]);
    let columns = vec!["email".to_owned()];
    users.indexes = vec![TableIndex { kind: IndexKind::Unique, columns, name: Some("users_email_unique".to_owned()) }];
    let mut orders = table("orders", &[("user_id", "bigInteger"), ("total", "decimal")], &[("user_id", "users")]);
    orders.columns[1].nullable = true;
    vec![
        table("failed_jobs", &[("payload", "longText")], &[]),
        table("notes", &[("notable_type", "string"), ("notable_id", "bigInteger"), ("body", "text")], &[]),
        table(
            "order_product",
            &[("order_id", "bigInteger"), ("product_id", "bigInteger")],
            &[("order_id", "orders"), ("product_id", "products")],
        ),
        orders,
        table("products", &[("name", "string")], &[]),
        users,
    ]
}

/// A model `App\Models\<name>` of a table.
pub(crate) fn model(name: &str, table: &str, relationships: Vec<Relationship>) -> Model {
    Model {
        name: format!("App\\Models\\{name}"),
        file_path: format!("app/Models/{name}.php"),
        line: 9,
        is_abstract: false,
        parent: Some("Illuminate\\Database\\Eloquent\\Model".to_owned()),
        table_name: Some(table.to_owned()),
        connection: None,
        primary_key: Some("id".to_owned()),
        fillable: vec!["name".to_owned()],
        guarded: Vec::new(),
        casts: BTreeMap::new(),
        hidden: Vec::new(),
        appends: Vec::new(),
        timestamps: true,
        soft_deletes: false,
        traits: Vec::new(),
        relationships,
        certainty: Certainty::Exact,
        unknown: Vec::new(),
    }
}

/// A relationship to `App\Models\<related>`; to any model without one.
pub(crate) fn relationship(name: &str, kind: &str, related: Option<&str>) -> Relationship {
    Relationship {
        name: name.to_owned(),
        kind: kind.to_owned(),
        related: related.map(|related| format!("App\\Models\\{related}")),
        foreign_key: None,
        owner_key: None,
        local_key: None,
        pivot_table: None,
        related_pivot_key: None,
        pivot_columns: Vec::new(),
        morph_type: None,
        through: None,
        through_key: None,
        file_path: "app/Models/Order.php".to_owned(),
        line: 20,
        has_return_type: true,
        certainty: Certainty::Exact,
        unknown: Vec::new(),
    }
}

fn models() -> Vec<Model> {
    let products = Relationship {
        pivot_table: Some("order_product".to_owned()),
        foreign_key: Some("order_id".to_owned()),
        related_pivot_key: Some("product_id".to_owned()),
        ..relationship("products", "belongsToMany", Some("Product"))
    };
    let user =
        Relationship { foreign_key: Some("user_id".to_owned()), ..relationship("user", "belongsTo", Some("User")) };
    let notes = Relationship {
        morph_type: Some("notable_type".to_owned()),
        foreign_key: Some("notable_id".to_owned()),
        ..relationship("notes", "morphMany", Some("Note"))
    };
    let notable = Relationship {
        morph_type: Some("notable_type".to_owned()),
        foreign_key: Some("notable_id".to_owned()),
        ..relationship("notable", "morphTo", None)
    };
    let orders =
        Relationship { foreign_key: Some("user_id".to_owned()), ..relationship("orders", "hasMany", Some("Order")) };
    vec![
        model("Note", "notes", vec![notable]),
        model("Order", "orders", vec![user, products, notes]),
        model("Product", "products", Vec::new()),
        model("User", "users", vec![orders]),
    ]
}

fn operation(operation: Operation, table: &str, order: u32) -> MigrationOperation {
    let file_name = format!("2026_01_01_00000{order}_{table}");
    MigrationOperation {
        file_path: format!("database/migrations/{file_name}.php"),
        file_name,
        migration_order: order,
        start_line: 14,
        end_line: 20,
        operation,
        table_name: table.to_owned(),
        to: None,
        connection: None,
        columns: Vec::new(),
        indexes: Vec::new(),
        foreign_keys: Vec::new(),
        dropped_columns: Vec::new(),
        dropped: Vec::new(),
        renames: Vec::new(),
        is_destructive: false,
        destructive_operations: Vec::new(),
        raw: false,
        certainty: Certainty::Exact,
        conditional: false,
        unknown: Vec::new(),
    }
}

fn raw_statement() -> RawStatement {
    RawStatement {
        file_path: "database/migrations/2026_01_01_000003_clear.php".to_owned(),
        line: 11,
        direction: "up".to_owned(),
        sql: "TRUNCATE TABLE sessions".to_owned(),
        verb: "TRUNCATE".to_owned(),
        tables: vec!["sessions".to_owned()],
        destructive_operations: vec!["rows of sessions".to_owned()],
        conditional: false,
    }
}

fn concern() -> Concern {
    Concern {
        kind: ConcernKind::UnauthenticatedRoute,
        subject: "POST /api/orders/import".to_owned(),
        message: "Nothing in front of it asks who is there.".to_owned(),
        path: "routes/api.php".to_owned(),
        start_line: 7,
        end_line: 7,
    }
}

/// Something that is not known.
pub(crate) fn unknown(reason: &str, path: &str, line: u32) -> UnknownPart {
    UnknownPart { reason: reason.to_owned(), path: path.to_owned(), line }
}
