import java.sql.*;
import java.util.*;

public class Jdbc {
    static String names(ResultSet rows, String column) throws SQLException {
        StringBuilder text = new StringBuilder();
        while (rows.next()) text.append(text.length() > 0 ? "," : "").append(rows.getString(column));
        return text.toString();
    }

    static void want(String what, String got, String want) {
        if (!got.equals(want)) throw new RuntimeException(what + ": got " + got + ", want " + want);
    }

    public static void main(String[] args) throws Exception {
        try (Connection conn = DriverManager.getConnection(args[0]); Statement s = conn.createStatement()) {
            s.execute("create table jo (id int primary key, name varchar(20))");
            s.execute("create table jp (id int, o int references jo(id), price numeric(10,2) not null default 1, name char(5))");
            s.execute("create view jv as select id from jp");
            PreparedStatement in = conn.prepareStatement("insert into jp (id, o, price, name) values (?, ?, ?, ?)");
            for (int n = 1; n <= 5; n++) {
                in.setInt(1, n); in.setInt(2, n); in.setBigDecimal(3, new java.math.BigDecimal("1.25")); in.setString(4, "n" + n);
                in.addBatch();
            }
            in.executeBatch();
            DatabaseMetaData meta = conn.getMetaData();
            want("tables", names(meta.getTables(null, "public", "j_", new String[]{"TABLE", "VIEW"}), "TABLE_NAME"), "jo,jp,jv");
            want("columns", names(meta.getColumns(null, "public", "jp", "%"), "COLUMN_NAME"), "id,o,price,name");
            want("sizes", names(meta.getColumns(null, "public", "jp", "%"), "COLUMN_SIZE"), "10,10,10,5");
            want("primary keys", names(meta.getPrimaryKeys(null, "public", "jo"), "COLUMN_NAME"), "id");
            want("best row", names(meta.getBestRowIdentifier(null, "public", "jo", 0, true), "COLUMN_NAME"), "id");
            want("indexes", names(meta.getIndexInfo(null, "public", "jo", false, false), "INDEX_NAME"), "jo_pkey");
            want("schemas", names(meta.getSchemas(null, "public"), "TABLE_SCHEM"), "public");
            want("procedures", names(meta.getProcedures(null, null, "j%"), "PROCEDURE_NAME"), "");
            want("functions", names(meta.getFunctions(null, null, "j%"), "FUNCTION_NAME"), "");
            meta.getTypeInfo().close();
            meta.getTablePrivileges(null, "public", "jp").close();
            conn.setAutoCommit(false);
            s.setFetchSize(2);
            try (ResultSet rows = s.executeQuery("select id from jp order by id")) {
                want("cursor", names(rows, "id"), "1,2,3,4,5");
            }
            conn.commit();
            s.setQueryTimeout(1);
            try {
                s.executeQuery("select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b, generate_series(1, 100000) c");
                throw new RuntimeException("the statement was not cancelled");
            } catch (SQLException e) {
                want("cancel", e.getSQLState(), "57014");
            }
            conn.rollback();
        }
        System.out.println("ok");
    }
}
