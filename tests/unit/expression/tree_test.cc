// The loader believes nothing: what a stored tree may be, and what is refused as what.
#include <gtest/gtest.h>

#include "support/expressions.h"

namespace countersign::expression {
namespace {

using testing::World;
using values::Kind;
using values::Type;
using values::Value;

World Fields() {
  World w;
  w.Declare("seats", "int", "3").Declare("price", "money(EUR)", R"J(["1.00","EUR"])J");
  w.Declare("tags", "list(string)", "[]").Declare("any", "dyn", "1");
  w.Declare("order", "record(amount: money, name: string)", R"J({"name":"x"})J");
  return w;
}

// The code and path of the error, "ok" where there is none.
String LoadText(std::string_view nodes, std::string_view type = "bool") {
  const World w = Fields();
  const String text =
      R"J({"nodes":[)J" + String(nodes) + R"J(],"source":"","type":")J" + String(type) + R"J("})J";
  Result<json::Value> json = json::Read(text, json::kDocumentLimits);
  if (!json) return "json: " + String(json.error().name());
  Result<Tree> tree = Load(*json, w.schema.AsVariables());
  if (tree) return "ok";
  return String(tree.error().name()) + " " + String(tree.error().path());
}

TEST(Tree, TheStoredFormIsTheOneInTheFormat) {
  World w = Fields();
  EXPECT_EQ(
      json::Write(ToJson(*w.Tree("seats > 2 && order.name == 'x'"))),
      R"J({"nodes":[["var","int","seats"],["lit","int",2],["call","bool",">",0,1],)J"
      R"J(["var","record(amount: money, name: string)","order"],["member","string",3,"name"],)J"
      R"J(["lit","string","x"],["call","bool","==",4,5],["and","bool",2,6]],)J"
      R"J("source":"seats > 2 && order.name == 'x'","type":"bool"})J");
  EXPECT_EQ(json::Write(ToJson(*w.Tree("[price].map(p, p * 0.5)"))),
            R"J({"nodes":[["var","money(EUR)","price"],["list","list(money(EUR))",0],)J"
            R"J(["local","money(EUR)",0],["lit","decimal","0.5"],["call","money(EUR)","*",2,3],)J"
            R"J(["fold","list(money(EUR))","map",1,1,4]],"source":"[price].map(p, p * 0.5)",)J"
            R"J("type":"list(money(EUR))"})J");
  EXPECT_EQ(
      json::Write(ToJson(*w.Tree("1.5 < 2.0"))),
      R"J({"nodes":[["lit","double","3ff8000000000000"],["lit","double","4000000000000000"],)J"
      R"J(["call","bool","<",0,1]],"source":"1.5 < 2.0","type":"bool"})J");
}

TEST(Tree, NamesWhatItReads) {
  World w = Fields();
  const Tree tree = *w.Tree("seats > 2 ? price : price * seats");
  EXPECT_EQ(tree.reads, (Vector<String>{"price", "seats"}));
  EXPECT_TRUE(tree.Reads("seats"));
  EXPECT_FALSE(tree.Reads("tags"));
}

TEST(Tree, EveryLiteralKindSurvivesStorage) {
  World w;
  for (const char* text :
       {"null", "true", "-5", "7u", "0.1", "'x'", "b'\\x00'", "date('2026-01-31')", "period('P1M')",
        "decimal('1.50')", "money('1.5', 'EUR')", "int"}) {
    EXPECT_EQ(w.Evaluate(text).find("load"), String::npos) << text;
    EXPECT_TRUE(w.Tree(text).has_value()) << text;
  }
  const Tree constant = Tree::Constant(Value::Int(5));
  EXPECT_EQ(*Load(ToJson(constant), {}), constant);
}

TEST(Loader, RefusesWhatIsNoTree) {
  EXPECT_EQ(LoadText(R"J(["lit","bool",true])J"), "ok");
  EXPECT_EQ(LoadText(""), "expression.bad_node /nodes/0");
  EXPECT_EQ(LoadText("1"), "expression.bad_node /nodes/0");
  EXPECT_EQ(LoadText(R"J(["lit"])J"), "expression.bad_node /nodes/0");
  EXPECT_EQ(LoadText(R"J(["lit","bool"])J"), "expression.bad_node /nodes/0");
  EXPECT_EQ(LoadText(R"J(["lit","bool",true,1])J"), "expression.bad_node /nodes/0");
  EXPECT_EQ(LoadText(R"J(["jump","bool",true])J"), "expression.bad_node /nodes/0");
  EXPECT_EQ(LoadText(R"J([1,"bool",true])J"), "expression.bad_node /nodes/0");
  EXPECT_EQ(LoadText(R"J(["lit","bool",true],["lit","bool",true])J"),
            "expression.bad_node /nodes/0");
  EXPECT_EQ(LoadText(R"J(["lit","bool",true],["call","bool","!",0],["call","bool","!",0])J"),
            "expression.bad_node /nodes/2");
  EXPECT_EQ(LoadText(R"J(["call","bool","!",0])J"), "expression.bad_node /nodes/0");
  EXPECT_EQ(LoadText(R"J(["call","bool","!",1],["lit","bool",true])J"),
            "expression.bad_node /nodes/0");
  EXPECT_EQ(LoadText(R"J(["lit","bool",true],["call","bool","!",-1])J"),
            "expression.bad_node /nodes/1");
  EXPECT_EQ(LoadText(R"J(["lit","bool",true],["call","bool","!",1000])J"),
            "expression.bad_node /nodes/1");
  EXPECT_EQ(LoadText(R"J(["lit","bool",true],["call","bool","!"])J"),
            "expression.bad_node /nodes/1");
  EXPECT_EQ(LoadText(R"J(["lit","bool",true],["and","bool",0])J"), "expression.bad_node /nodes/1");
  EXPECT_EQ(LoadText(R"J(["lit","bool",true],["call","bool","launch",0])J"),
            "expression.unknown_function /nodes/1");
  EXPECT_EQ(LoadText(R"J(["var","bool","nothing"])J"), "expression.unknown_variable /nodes/0");
  EXPECT_EQ(LoadText(R"J(["var","bool",""])J"), "expression.bad_node /nodes/0");
  EXPECT_EQ(LoadText(R"J(["var","bool",")J" + String(kMaxName + 1, 'x') + R"J("])J"),
            "expression.bad_node /nodes/0");
  EXPECT_EQ(LoadText(R"J(["lit","bool",true],["list","list(bool)",0],["map","dyn",1])J", "dyn"),
            "expression.bad_node /nodes/2");
}

TEST(Loader, RefusesTypesThatThePartsDoNotGive) {
  EXPECT_EQ(LoadText(R"J(["lit","boool",true])J"), "values.bad_type /nodes/0");
  EXPECT_EQ(LoadText(R"J(["lit","dyn",true])J"), "expression.bad_type /nodes/0");
  EXPECT_EQ(LoadText(R"J(["lit","list(int)",[1]])J"), "expression.bad_type /nodes/0");
  EXPECT_EQ(LoadText(R"J(["lit","int",true])J", "int"), "values.wrong_type /nodes/0");
  EXPECT_EQ(LoadText(R"J(["lit","date","2026-02-30"])J", "date"), "values.bad_date /nodes/0");
  EXPECT_EQ(LoadText(R"J(["lit","money",["1.00","EUR"]])J", "money"),
            "expression.bad_type /nodes/0");
  EXPECT_EQ(LoadText(R"J(["lit","money(USD)",["1.00","EUR"]])J", "money(USD)"),
            "values.currency_mix /nodes/0");
  EXPECT_EQ(LoadText(R"J(["lit","double","3ff"])J", "double"), "expression.bad_node /nodes/0");
  EXPECT_EQ(LoadText(R"J(["lit","double","3FF0000000000000"])J", "double"),
            "expression.bad_node /nodes/0");
  EXPECT_EQ(LoadText(R"J(["lit","type","anything"])J", "type"), "expression.bad_type /nodes/0");
  EXPECT_EQ(LoadText(R"J(["lit","bool",true])J", "int"), "expression.bad_type /type");
  EXPECT_EQ(LoadText(R"J(["var","bool","seats"])J"), "expression.bad_type /nodes/0");
  EXPECT_EQ(LoadText(R"J(["lit","int",1],["lit","string","a"],["call","int","+",0,1])J", "int"),
            "expression.bad_type /nodes/2");
  EXPECT_EQ(LoadText(R"J(["lit","int",1],["lit","int",1],["call","bool","+",0,1])J"),
            "expression.bad_type /nodes/2");
  EXPECT_EQ(LoadText(R"J(["lit","int",1],["lit","bool",true],["and","bool",0,1])J"),
            "expression.bad_type /nodes/2");
  EXPECT_EQ(LoadText(R"J(["var","int","seats"],["member","dyn",0,"x"])J", "dyn"),
            "expression.bad_type /nodes/1");
  EXPECT_EQ(
      LoadText(R"J(["var","record(amount: money, name: string)","order"],["member","dyn",0,"x"])J",
               "dyn"),
      "expression.bad_type /nodes/1");
  EXPECT_EQ(
      LoadText(R"J(["lit","date","2026-01-01"],["lit","int",1],["map","map(date, int)",0,1])J",
               "dyn"),
      "expression.bad_type /nodes/2");
}

TEST(Loader, TakesOneSpellingOnly) {
  EXPECT_EQ(LoadText(R"J(["lit","period","P1Y"])J", "period"), "ok");
  EXPECT_EQ(LoadText(R"J(["lit","period","P12M"])J", "period"), "expression.bad_node /nodes/0");
  EXPECT_EQ(LoadText(R"J(["lit","int","5"])J", "int"), "values.wrong_type /nodes/0");
  EXPECT_EQ(LoadText(R"J(["list","list(dyn)"])J", "list(dyn)"), "ok");
  EXPECT_EQ(LoadText(R"J(["list","list"])J", "list(dyn)"), "expression.bad_type /nodes/0");
}

TEST(Loader, KeepsMacroVariablesInTheirMacro) {
  const String list = R"J(["var","list(string)","tags"],)J";
  EXPECT_EQ(
      LoadText(
          list +
          R"J(["local","string",0],["lit","string","x"],["call","bool","==",1,2],["fold","bool","all",1,0,3])J"),
      "ok");
  EXPECT_EQ(
      LoadText(
          list +
          R"J(["local","string",1],["lit","string","x"],["call","bool","==",1,2],["fold","bool","all",1,0,3])J"),
      "expression.bad_node /nodes/1");
  EXPECT_EQ(
      LoadText(
          list +
          R"J(["local","int",0],["lit","int",1],["call","bool","==",1,2],["fold","bool","all",1,0,3])J"),
      "expression.bad_type /nodes/1");
  EXPECT_EQ(
      LoadText(R"J(["local","list(string)",0],["lit","bool",true],["fold","bool","all",1,0,1])J"),
      "expression.bad_node /nodes/0");
  EXPECT_EQ(LoadText(list + R"J(["lit","bool",true],["fold","bool","none",1,0,1])J"),
            "expression.bad_node /nodes/2");
  EXPECT_EQ(LoadText(list + R"J(["lit","bool",true],["fold","bool","all",3,0,1])J"),
            "expression.bad_node /nodes/2");
  EXPECT_EQ(LoadText(list + R"J(["lit","bool",true],["fold","bool","all",0,0,1])J"),
            "expression.bad_node /nodes/2");
  EXPECT_EQ(LoadText(list + R"J(["lit","bool",true],["fold","list(string)","filter",2,0,1])J",
                     "list(string)"),
            "expression.bad_node /nodes/2");
  EXPECT_EQ(LoadText(R"J(["var","int","seats"],["lit","bool",true],["fold","bool","all",1,0,1])J"),
            "expression.bad_type /nodes/2");
  EXPECT_EQ(
      LoadText(list + R"J(["lit","bool",true],["lit","bool",true],["fold","bool","all",1,0,1,2])J"),
      "expression.bad_node /nodes/3");
}

// n nodes: a list of n - 1 literals.
String Wide(int n) {
  String nodes, children;
  for (int i = 0; i + 1 < n; ++i) {
    nodes += R"J(["lit","int",1],)J";
    children += "," + NumberText(i);
  }
  return nodes + R"J(["list","list(int)")J" + children + "]";
}

TEST(Loader, BoundsNodesDepthMacrosAndSource) {
  EXPECT_EQ(LoadText(Wide(kMaxNodes), "list(int)"), "ok");
  EXPECT_EQ(LoadText(Wide(kMaxNodes + 1), "list(int)"), "expression.too_many_nodes ");

  const auto deep = [](int levels) {
    String nodes = R"J(["lit","bool",true])J";
    for (int i = 1; i < levels; ++i) nodes += R"J(,["call","bool","!",)J" + NumberText(i - 1) + "]";
    return nodes;
  };
  EXPECT_EQ(LoadText(deep(kMaxDepth)), "ok");
  EXPECT_EQ(LoadText(deep(kMaxDepth + 1)), "expression.too_deep /nodes/64");

  const auto folds = [](int count) {
    String nodes = R"J(["lit","bool",true])J";
    int at = 0;
    for (int i = 0; i < count; ++i) {
      nodes += R"J(,["var","list(string)","tags"],["fold","bool","all",1,)J" + NumberText(at + 1) +
               "," + NumberText(at) + "]";
      at += 2;
    }
    return nodes;
  };
  EXPECT_EQ(LoadText(folds(kMaxFolds)), "ok");
  EXPECT_EQ(LoadText(folds(kMaxFolds + 1)).substr(0, 19), "expression.too_deep");

  const World w;
  for (const size_t size : {kMaxSource, kMaxSource + 1}) {
    Tree tree = Tree::Constant(Value::Bool(true));
    tree.source = String(size, 'x');
    const Result<Tree> loaded = Load(ToJson(tree), w.schema.AsVariables());
    EXPECT_EQ(loaded.has_value(), size == kMaxSource);
    if (!loaded) EXPECT_EQ(loaded.error().code(), ErrorCode::kExpressionSourceTooLong);
  }
}

TEST(Loader, MembersOfTheFormAreChecked) {
  const World w;
  for (const char* text : {"[]", "{}", R"J({"nodes":[],"source":"","type":"bool","more":1})J",
                           R"J({"nodes":{},"source":"","type":"bool"})J",
                           R"J({"nodes":[],"source":1,"type":"bool"})J"}) {
    EXPECT_FALSE(Load(*json::Read(text, json::kDocumentLimits), w.schema.AsVariables())) << text;
  }
}

TEST(Loader, RefusesTheWideSetInAContract) {
  const World w = Fields();
  const auto code = [&](std::string_view text) {
    const std::optional<Tree> tree = w.Tree(text);
    EXPECT_TRUE(tree) << text;
    EXPECT_TRUE(Load(ToJson(*tree), w.schema.AsVariables())) << text;
    Variables variables = w.schema.AsVariables();
    variables.reach = Reach::kContract;
    const Result<Tree> loaded = Load(ToJson(*tree), variables);
    return loaded ? String() : String(loaded.error().name());
  };
  EXPECT_EQ(code("seats > 1 && matches('ab', 'a')"), "");
  for (const char* text :
       {"timestamp('2026-01-31T00:00:00Z').getHours() > 1", "duration('1h') == duration('60m')",
        "double(seats) > double(1)", "uint(seats) == uint(1)", "bytes('a') == bytes('b')",
        "type(seats) == type(1)"}) {
    EXPECT_EQ(code(text), "expression.unknown_function") << text;
  }
  for (const char* text : {"1u == 1u", "1.5 > 1.0", "b'a' == b'b'", "int == int"}) {
    EXPECT_EQ(code(text), "expression.bad_type") << text;
  }
}

TEST(Loader, KnowsNoConstantsOfTime) {
  const World w;
  for (
      const char* text :
      {R"J({"nodes":[["lit","timestamp","2026-01-31T00:00:00Z"]],"source":"","type":"timestamp"})J",
       R"J({"nodes":[["lit","duration","5400s"]],"source":"","type":"duration"})J"}) {
    const Result<Tree> loaded =
        Load(*json::Read(text, json::kDocumentLimits), w.schema.AsVariables());
    ASSERT_FALSE(loaded) << text;
    EXPECT_EQ(loaded.error().code(), ErrorCode::kExpressionBadType);
  }
}

TEST(Lowering, NeedsASlotForEveryVariable) {
  World w = Fields();
  const Vector<String> names{"price"};
  const Result<Program> program = Lower(*w.Tree("seats > 1"), SlotsOf(names));
  ASSERT_FALSE(program.has_value());
  EXPECT_EQ(program.error().code(), ErrorCode::kExpressionUnknownVariable);
  EXPECT_EQ(Lower(*w.Tree("price == price"), SlotsOf(names))->slots().size(), 1u);
}

}  // namespace
}  // namespace countersign::expression
