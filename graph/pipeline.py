"""The pipeline: read this first.

generate ─▶ validate ─▶ security ─▶ test ─▶ confirm ─▶ analyse ─▶ optimise ─▶ deliver
  findings and fixes left: ─▶ fix ─▶ validate     none left: ─▶ deliver (success: false, every finding and attempt)
"""

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from graph import routes
from graph.nodes import Nodes
from graph.services import Services
from graph.state import GenerateInput, GenerateOutput, PipelineState, RunOptions

__all__ = ["Pipeline", "build_pipeline"]

Pipeline = CompiledStateGraph[PipelineState, RunOptions, GenerateInput, GenerateOutput]


def build_pipeline(services: Services, checkpointer: BaseCheckpointSaver[str] | None = None) -> Pipeline:
    """Wire the stages to the services they use."""
    nodes = Nodes(services)
    flow = StateGraph(
        PipelineState, context_schema=RunOptions, input_schema=GenerateInput, output_schema=GenerateOutput
    )
    for stage in (nodes.generate, nodes.validate, nodes.security, nodes.test, nodes.fix):
        flow.add_node(stage)
    flow.add_node(nodes.confirm)
    flow.add_node(nodes.analyse)
    flow.add_node(nodes.optimise)
    flow.add_node(nodes.deliver)
    flow.add_edge(START, "generate")
    flow.add_conditional_edges("generate", routes.after_generate)  # validate | deliver
    flow.add_conditional_edges("validate", routes.after_validate)  # security | fix | deliver
    flow.add_conditional_edges("security", routes.after_security)  # test     | fix | deliver
    flow.add_conditional_edges("test", routes.after_test)  # confirm  | analyse | fix | deliver
    flow.add_conditional_edges("fix", routes.after_fix)  # validate | deliver
    flow.add_edge("confirm", "analyse")
    flow.add_edge("analyse", "optimise")
    flow.add_edge("optimise", "deliver")
    flow.add_edge("deliver", END)
    return flow.compile(checkpointer=checkpointer, name="codegen")
